/** What can be written: numbers bare, text as CDATA, a list as an element that repeats; what is undefined is left out. */
export type XmlTree = { [name: string]: XmlLeaf | XmlTree | XmlTree[] | XmlLeaf[] | undefined }
type XmlLeaf = string | number

const name = /^[A-Za-z_][0-9A-Za-z_.-]*$/

/** Writes what `readXml` reads. `]]>` inside a text is split over two CDATA sections, NUL is left out. */
export const writeXml = (tree: XmlTree): string => `<xml>${children(tree)}</xml>`

const children = (tree: XmlTree): string =>
  Object.entries(tree)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((each) => element(key, each)))
    .join('')

const element = (key: string, value: XmlLeaf | XmlTree | undefined): string => {
  if (value === undefined) return ''
  if (!name.test(key)) throw new TypeError(`not a name for an XML element: ${key}`)
  return `<${key}>${typeof value === 'object' ? children(value) : leaf(value)}</${key}>`
}

const leaf = (value: XmlLeaf): string =>
  typeof value === 'number'
    ? String(value)
    : `<![CDATA[${value.replaceAll('\0', '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
