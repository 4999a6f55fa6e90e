import type { Errand } from '../../outbox/effects.ts'
import { cardLine } from './cards.ts'

/** The card that tells a paused RM why, with one tap back. */
export const pausedCard = (rm: string, { missed, now }: { missed: number; now: Date }): Errand => ({
  kind: 'message/card',
  subject: cardLine(rm),
  lane: 1,
  payload: {
    rm,
    card: {
      // WeCom takes letters, digits, `_`, `-` and `@` here; a userid may have a dot.
      task: `duty@${Buffer.from(rm).toString('base64url')}@${now.getTime().toString(36)}`,
      title: '已为您暂停分配新客户',
      desc: `您连续${missed}次未及时应答，客户已转给同事。`,
      lines: [],
      buttons: [{ key: 'back', text: '我回来了，恢复分配', style: 1 }],
    },
  },
})
