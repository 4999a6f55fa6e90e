import { z } from 'zod'
import { Time } from './fields.ts'

const count = (description: string) => z.int().min(0).meta({ description })

export const IntegrityReport = z
  .object({
    received: count('Customer messages that WeCom handed over'),
    stored: count('Of these, in the ledger'),
    decided: count('Of these, with an outcome: a routing decision, or they joined a conversation that has one'),
    gaps: z
      .array(
        z.object({
          what: z.string().meta({
            description:
              'event-given-up, event-waiting, errand-failed, errand-waiting, alarm-unheard, account-not-pulled, too-long-without-pull',
          }),
          id: z.string(),
          since: Time,
          detail: z.string().meta({ description: '哪里对不上、为什么' }),
        }),
      )
      .meta({ description: 'Where the books do not balance; empty when they do' }),
    accounts: z.array(
      z.object({
        openKfId: z.string(),
        cursorAt: Time.nullable().meta({ description: 'When its cursor last moved' }),
        lagSeconds: z
          .number()
          .nullable()
          .meta({ description: 'How far the account is behind; null when it was never pulled' }),
      }),
    ),
  })
  .meta({ id: 'IntegrityReport', description: '账目是否平衡：收到的每一条消息都已入账、已决策' })
export type IntegrityReport = z.infer<typeof IntegrityReport>
