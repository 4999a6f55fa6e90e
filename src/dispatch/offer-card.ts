import type { Errand } from '../outbox/effects.ts'
import type { Conversation } from './conversation.ts'

/** The card that offers a conversation to an RM: he takes it, passes it on, or asks for a moment. */
export const offerCard = (it: Conversation, rm: string, text: string, now: Date): Errand => ({
  kind: 'message/card',
  subject: `rm:${rm}`,
  lane: 1,
  payload: {
    rm,
    card: {
      task: `offer@${it.openKfId}@${it.externalUserId}@${now.getTime().toString(36)}`,
      title: '有客户等待接待',
      lines: text
        .split('\n')
        .map((line) => line.split('：'))
        .filter((parts): parts is [string, string] => parts.length === 2)
        .slice(0, 6)
        .map(([name, value]) => ({ name: name.slice(0, 5), value: value.slice(0, 30) })),
      buttons: [
        { key: 'accept', text: '接待', style: 1 },
        { key: 'snooze', text: '稍等一分钟', style: 2 },
        { key: 'decline', text: '转给同事', style: 3 },
      ],
    },
  },
})
