import { sql, type Expression, type SqlBool } from 'kysely'

/**
 * What part of the bank somebody may see. `branch`: this branch and those below it (`shanghai` covers
 * `shanghai/pudong`). `rm`: only what is this relationship manager's own. Both null: everything.
 */
export type Scope = { branch: string | null; rm: string | null }

export const everything: Scope = { branch: null, rm: null }

/** Whether a branch is the given one or lies below it. */
export const isWithin = (branch: string, of: string | null): boolean =>
  of !== null && (of === branch || of.startsWith(`${branch}/`))

type Condition = Expression<SqlBool>

const within = (column: string, branch: string): Condition =>
  sql<SqlBool>`(${sql.ref(column)} = ${branch} or starts_with(${sql.ref(column)}, ${`${branch}/`}))`

const rmWithin = (column: string, branch: string): Condition =>
  sql<SqlBool>`exists (select from rms s where s.userid = ${sql.ref(column)} and ${within('s.branch', branch)})`

/** For queries on `rms`. */
export const seesRm = ({ branch, rm }: Scope): Condition[] => [
  ...(branch === null ? [] : [within('rms.branch', branch)]),
  ...(rm === null ? [] : [sql<SqlBool>`rms.userid = ${rm}`]),
]

/**
 * For queries on `customers`. An RM's own: he is the owner, they are in his contact list, or he is talking with them.
 * A branch's own: the customer's branch, or the owner's.
 */
export const seesCustomer = ({ branch, rm }: Scope): Condition[] => [
  ...(branch === null
    ? []
    : [sql<SqlBool>`(${within('customers.branch', branch)} or ${rmWithin('customers.owner', branch)})`]),
  ...(rm === null
    ? []
    : [
        sql<SqlBool>`(customers.owner = ${rm}
          or exists (select from contacts k where k.customer_id = customers.id and k.rm = ${rm} and k.state <> 'lost')
          or exists (select from conversations v where v.customer_id = customers.id and v.rm = ${rm} and v.status <> 'closed'))`,
      ]),
]

const customerSeen = (column: string, scope: Scope): Condition =>
  sql<SqlBool>`exists (select from customers where customers.id = ${sql.ref(column)} and ${sql.join(seesCustomer(scope), sql` and `)})`

/**
 * For queries on `conversations`. An RM sees those that are or were his; a branch those of its RMs and of its
 * customers.
 */
export const seesConversation = (scope: Scope): Condition[] => [
  ...(scope.branch === null
    ? []
    : [
        sql<SqlBool>`(${rmWithin('conversations.rm', scope.branch)}
          or ${customerSeen('conversations.customer_id', { branch: scope.branch, rm: null })})`,
      ]),
  ...(scope.rm === null ? [] : [sql<SqlBool>`conversations.rm = ${scope.rm}`]),
]

/** For queries on `invitations`: an RM's own and those of his customers; likewise a branch's. */
export const seesInvitation = (scope: Scope): Condition[] => {
  const { branch, rm } = scope
  if (branch === null && rm === null) return []
  const own = rm === null ? rmWithin('invitations.rm', branch ?? '') : sql<SqlBool>`invitations.rm = ${rm}`
  return [sql<SqlBool>`(${own} or ${customerSeen('invitations.customer_id', scope)})`]
}

/**
 * For queries on `touchpoints`: what an RM did himself, and all that happened with customers he may see; likewise a
 * branch.
 */
export const seesTouchpoint = (scope: Scope): Condition[] => {
  const { branch, rm } = scope
  if (branch === null && rm === null) return []
  const own = rm === null ? rmWithin('touchpoints.rm', branch ?? '') : sql<SqlBool>`touchpoints.rm = ${rm}`
  return [sql<SqlBool>`(${own} or ${customerSeen('touchpoints.customer_id', scope)})`]
}
