import type { Errand } from '../../outbox/effects.ts'
import type { Conversation } from '../conversation.ts'

/** The card that offers a conversation to an RM: he takes it, asks for a moment, or passes it on with a reason. */
export const offerCard = (it: Conversation, rm: string, { text, now }: { text: string; now: Date }): Errand => ({
  kind: 'message/card',
  subject: `rm:${rm}`,
  lane: 1,
  payload: {
    rm,
    card: {
      task: `offer@${it.openKfId}@${it.externalUserId}@${now.getTime().toString(36)}`,
      title: '有客户等待接待',
      lines: linesOf(text),
      buttons: [
        { key: 'accept', text: '接待', style: 1 },
        { key: 'snooze', text: '稍等一分钟', style: 2 },
        { key: 'decline_busy', text: '正忙，转同事', style: 3 },
        { key: 'decline_unfit', text: '不对口，转同事', style: 3 },
      ],
    },
  },
})

/** “客户：陈女士” lines of a text become the card's rows: five characters for the name, thirty for the value. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => /^(.{1,5})[：:](.+)$/u.exec(line.trim()))
    .filter((match) => match !== null)
    .slice(0, 6)
    .map(([, name, value]) => ({ name: name as string, value: [...(value as string)].slice(0, 30).join('') }))

/** The card that tells a paused RM why, with one tap back. */
export const pausedCard = (rm: string, { missed, now }: { missed: number; now: Date }): Errand => ({
  kind: 'message/card',
  subject: `rm:${rm}`,
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
