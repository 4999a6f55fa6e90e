import type { ConfigFiles } from './check-config.ts'

/** Where the files are, seen from the project's folder. */
export const configFiles = (routing: string): ConfigFiles => ({
  routing,
  calendar: 'config/calendar.yaml',
  messages: 'config/messages.yaml',
  welcome: 'config/welcome.yaml',
  figures: 'config/figures.yaml',
})
