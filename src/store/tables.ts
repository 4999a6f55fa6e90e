import type { ContactTables } from './tables/contacts.ts'
import type { ConversationTables } from './tables/conversations.ts'
import type { CoreTables } from './tables/core.ts'
import type { CrmTables } from './tables/crm.ts'
import type { FigureTables } from './tables/figures.ts'
import type { InvitationTables } from './tables/invitations.ts'
import type { RoutingTables } from './tables/routing.ts'
import type { TaskTables } from './tables/tasks.ts'

/** The tables as TypeScript sees them, a file per part; tests compare this with what the migrations made. */
export type Tables = CoreTables &
  CrmTables &
  ConversationTables &
  RoutingTables &
  ContactTables &
  InvitationTables &
  TaskTables &
  FigureTables
