/** What every generated page begins with. */
export const generatedBy =
  'Made by `npm run generate` from the code; `npm run check` says when it is stale. Do not edit.'

/** A table; `|` and line breaks inside cells are made harmless. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')

const cell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ')
    .trim()

export const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

export const page = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`
