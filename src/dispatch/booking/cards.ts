import { fitLines } from '../../outbox/card-text.ts'
import type { ActionCard, Digest, Errand } from '../../outbox/effects.ts'
import type { Conversation } from '../conversation.ts'
import { matter, type Draft } from './draft.ts'

/** What a card is about; the task id begins with it, and the taps come back with it. */
export const cardMatters = ['offer', 'new', 'remind', 'queue', 'watch', 'relay'] as const
export type CardMatter = (typeof cardMatters)[number]

/** Words of several lines with the buttons that belong to their matter; `digest`: when it may be one of many in a list. */
export type CardWords = { card: CardMatter; text: string; digest?: Digest }
/** What an RM is told: plain words, or a card. */
export type Notice = string | CardWords

type Button = ActionCard['buttons'][number]
const seen: Button = { key: 'seen', text: '知道了', style: 2 }
const pass: Button = { key: 'busy', text: '忙，转同事', style: 3 }

const buttonsOf: Record<CardMatter, Button[]> = {
  offer: [
    { key: 'accept', text: '接待', style: 1 },
    { key: 'snooze', text: '稍等一分钟', style: 2 },
    { key: 'decline_busy', text: '正忙，转同事', style: 3 },
    { key: 'decline_unfit', text: '不对口，转同事', style: 3 },
  ],
  new: [{ ...seen, style: 1 }, pass],
  remind: [{ key: 'seen', text: '马上回复', style: 1 }, pass],
  queue: [{ key: 'take', text: '我来接待', style: 1 }, seen],
  watch: [seen, { key: 'reroute', text: '重新安排', style: 1 }],
  relay: [{ key: 'switch', text: '现在回复他', style: 1 }, pass],
}

const titleChars = 36
const textChars = 160

/** Cards have a line of their own per RM, beside that of his texts: those may be gathered, cards never wait behind them. */
export const cardLine = (rm: string): string => `card:${rm}`
/** And those that may be gathered a third one: whoever must ring at once does not wait behind them. */
export const digestLine = (rm: string): string => `digest:${rm}`

/** The first line becomes the title, the others stand below it; too long ones are cut, the longest first. */
export const cardOf = (it: Conversation, rm: string, { words, now }: { words: CardWords; now: Date }): Errand => {
  const [title = '', ...rest] = words.text.split('\n').map((line) => line.trim())
  const whole = [...title].length <= titleChars
  return {
    kind: 'message/card',
    subject: words.digest ? digestLine(rm) : cardLine(rm),
    lane: 1,
    payload: {
      rm,
      ...(words.digest && { digest: words.digest }),
      card: {
        task: `${words.card}@${it.openKfId}@${it.externalUserId}@${now.getTime().toString(36)}`,
        title: fitLines([title], titleChars),
        text: fitLines(whole ? rest : [title, ...rest], textChars),
        lines: [],
        buttons: buttonsOf[words.card],
      },
    },
  }
}

type Grey = { rm: string | null; text: string; matters?: readonly CardMatter[] }
/** The matter has moved on: the cards about it say so, also those that nobody taps. */
export const greyCards = (draft: Draft, { rm, text, matters = cardMatters }: Grey): Errand => ({
  kind: 'message/grey_cards',
  subject: rm ? cardLine(rm) : matter(draft).externalUserId,
  lane: 1,
  payload: { rm, matters: [...matters], replaceName: text },
})
