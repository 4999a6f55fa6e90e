import type { Endpoint } from '../endpoint.ts'
import * as contact from './contact.ts'
import * as directory from './directory.ts'
import * as kf from './kf.ts'
import * as media from './media.ts'
import * as message from './message.ts'
import * as oauth from './oauth.ts'
import * as token from './token.ts'

const isEndpoint = (exported: unknown): exported is Endpoint =>
  typeof exported === 'object' && exported !== null && 'path' in exported && 'answer' in exported

/** Every API that is described here, in path order: for the simulator, the client's budgets and the docs. */
export const endpoints: readonly Endpoint[] = [kf, contact, message, media, directory, oauth, token]
  .flatMap((family) => Object.values<unknown>(family))
  .filter(isEndpoint)
  .sort((a, b) => (a.path < b.path ? -1 : 1))
