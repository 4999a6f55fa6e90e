import { z } from 'zod'
import { UserId } from '../wecom/ids.ts'
import type { Rejected } from './csv-rows.ts'

/** The columns of a customer file, in CONTRACT's order; the file may have them in any order. */
export const importColumns = [
  'external_userid',
  'client_no',
  'unionid',
  'kind',
  'tier',
  'owner',
  'branch',
  'firm_no',
  'firm_name',
  'tags',
] as const

/**
 * One customer of the file. Null: the cell was empty, and what is known stays. `line` is its (last) line in the
 * file.
 */
export type ImportRow = {
  line: number
  external_userid: string | null
  client_no: string | null
  unionid: string | null
  kind: 'person' | 'sme' | null
  tier: string | null
  owner: string | null
  branch: string | null
  firm_no: string | null
  firm_name: string | null
  tags: string[] | null
}

const controls = /[\u0000-\u001f\u007f]/
const cell = (name: string, max: number) =>
  z
    .string()
    .trim()
    .max(max, `${name} 超过 ${max} 个字符`)
    .refine((text) => !controls.test(text), `${name} 含有换行或不可见字符`)
    .transform((text) => (text === '' ? null : text))

const kinds: Record<string, 'person' | 'sme'> = {
  person: 'person',
  个人: 'person',
  sme: 'sme',
  小微: 'sme',
  企业: 'sme',
}
const separators = /[;；|,，、]/

const Line = z
  .strictObject({
    external_userid: cell('external_userid', 64),
    client_no: cell('client_no', 64),
    unionid: cell('unionid', 64),
    kind: cell('kind', 16)
      .refine((text) => text === null || Object.hasOwn(kinds, text), 'kind 只能是 person（个人）或 sme（小微）')
      .transform((text) => (text === null ? null : (kinds[text] ?? null))),
    tier: cell('tier', 64),
    owner: cell('owner', 64)
      .refine((text) => text === null || UserId.safeParse(text).success, 'owner 不是有效的企业微信成员账号')
      .transform((text) => text?.toLowerCase() ?? null),
    branch: cell('branch', 128),
    firm_no: cell('firm_no', 64),
    firm_name: cell('firm_name', 128),
    tags: cell('tags', 2000).transform((text) => (text === null ? null : splitTags(text))),
  })
  .refine((row) => row.external_userid ?? row.client_no ?? row.unionid, {
    message: '缺少客户标识：external_userid、client_no、unionid 至少填一项',
  })

/** Reads one line's cells. The message names the column and what is allowed, never the cell's content. */
export const readLine = (line: number, cells: Record<string, string>): ImportRow | Rejected => {
  const read = Line.safeParse(cells)
  if (read.success) return { line, ...read.data }
  return { line, message: [...new Set(read.error.issues.map((issue) => issue.message))].join('；') }
}

function splitTags(text: string): string[] {
  const tags = text.split(separators).map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}
