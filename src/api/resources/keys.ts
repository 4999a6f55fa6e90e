import { z } from 'zod'
import { getRm } from '../../crm/rms.ts'
import type { Log } from '../../store/log.ts'
import type { Db } from '../../store/open.ts'
import { roles, type Caller } from '../access/caller.ts'
import { Branch, Line, RowId, time, Time, timeOrNull, Userid } from '../fields.ts'
import { createKey, deleteKey, getKey, listKeys, type ApiKey } from '../access/key-store.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound, Problem, type Mistake } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'

const NewKey = z
  .strictObject({
    name: Line(100).meta({ description: 'Who or what uses it' }),
    role: z.enum(roles),
    branch: Branch.nullish().meta({
      description: 'For supervisors and auditors: this branch and those below it; none is the whole house',
    }),
    rm: Userid.nullish().meta({ description: 'For the role `rm`: which one' }),
  })
  .meta({ id: 'NewKey' })

const KeyAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    branch: z.string().nullable(),
    rm: z.string().nullable(),
    createdAt: Time,
    lastUsedAt: Time.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'Key' })

const CreatedKey = KeyAnswer.extend({
  key: z.string().meta({ description: 'Shown this once; only its hash is kept' }),
}).meta({
  id: 'CreatedKey',
})

const answerOf = (key: ApiKey): z.input<typeof KeyAnswer> => ({
  ...key,
  createdAt: time(key.createdAt),
  lastUsedAt: timeOrNull(key.lastUsedAt),
})

const tag = '密钥'
const keepers = ['admin', 'security'] as const
const place = { list: 'keys', schema: z.tuple([RowId]) }

/** Keys of programs. Only an admin makes or withdraws an admin's key: else a security admin could make himself one. */
export const keyRoutes = ({ db, log }: { db: Db; log: Log }): Route[] => [
  route({
    method: 'GET',
    path: '/keys',
    roles: ['admin', 'security', 'auditor'],
    doc: { tag, summary: 'List keys, the newest first' },
    query: z.object(pageQuery),
    answer: pageOf(KeyAnswer),
    run: async ({ query: { limit, cursor } }) => {
      const before = placeIn(place, cursor)?.[0] ?? null
      const found = await listKeys(db, { before, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'keys', rows: found, limit, place: (key) => [key.id] })
      return { items: rows.map(answerOf), nextCursor }
    },
  }),
  route({
    method: 'POST',
    path: '/keys',
    roles: keepers,
    doc: { tag, summary: 'Make a key' },
    body: json(NewKey),
    status: 201,
    answer: CreatedKey,
    run: async ({ body: { name, role, branch = null, rm = null }, caller }) => {
      mayKeep(caller, role)
      const wanted = { name, role, branch, rm }
      const mistakes = mistakesIn(wanted)
      if (rm !== null && mistakes.length === 0 && !(await getRm(db, rm)))
        mistakes.push({ path: 'rm', message: '没有这位客户经理' })
      if (mistakes.length > 0) throw invalid(mistakes)
      const created = await createKey(db, wanted)
      log.info({ keyId: created.id, role, by: caller.name }, 'an API key was made')
      return { ...answerOf(created), key: created.key }
    },
  }),
  route({
    method: 'DELETE',
    path: '/keys/{id}',
    roles: keepers,
    doc: { tag, summary: 'Withdraw a key', description: 'It stops working at once.' },
    params: z.object({ id: RowId }),
    answer: null,
    run: async ({ params: { id }, caller }) => {
      const key = await getKey(db, id)
      if (!key) throw notFound('密钥')
      mayKeep(caller, key.role)
      const outcome = await deleteKey(db, id)
      if (outcome === 'unknown') throw notFound('密钥')
      if (outcome === 'last-admin') throw new Problem(409, '这是最后一把管理员密钥，请先新建另一把')
      log.info({ keyId: id, role: key.role, by: caller.name }, 'an API key was withdrawn')
    },
  }),
]

const mayKeep = (caller: Caller, role: ApiKey['role']): void => {
  if (role === 'admin' && caller.role !== 'admin') throw new Problem(403, '管理员密钥只能由管理员发放和停用')
}

const mistakesIn = ({ role, branch, rm }: Pick<ApiKey, 'role' | 'branch' | 'rm'>): Mistake[] => [
  ...(role === 'rm' && rm === null ? [{ path: 'rm', message: '角色 rm 须写明是哪位客户经理' }] : []),
  ...(role !== 'rm' && rm !== null ? [{ path: 'rm', message: '只有角色 rm 才能写 rm' }] : []),
  ...(branch !== null && role !== 'supervisor' && role !== 'auditor'
    ? [{ path: 'branch', message: '只有角色 supervisor、auditor 才能限定机构' }]
    : []),
]
