import type { Commands } from '../../src/api/commands.ts'
import { createChannelLinks } from '../../src/crm/channel-link.ts'
import { Refused } from '../../src/api/http/refused.ts'
import type { Db } from '../../src/store/open.ts'

/** Links as the books keep them, one more each time one is asked for; WeCom is not asked. */
export const bookLinks = (db: Db) => {
  let made = 0
  const ask = async () => `https://work.weixin.qq.com/kf/kfcbooks?enc_scene=ENCbooks${(made += 1)}`
  return createChannelLinks({ db, ask, pause: async () => {} })
}

/** The commands as far as the books go: enough to see what the API does with what comes of them. WeCom is not told. */
export const bookCommands = (db: Db): Commands => {
  const open = async (id: string) => {
    const it = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
    if (!it) throw new Refused({ status: 404, title: 'Not found', detail: '没有这个会话' })
    if (it.status === 'closed')
      throw new Refused({ status: 409, title: 'Already closed', detail: '会话已结束，不能再操作' })
    return it
  }
  const set = (id: string) => db.updateTable('conversations').where('id', '=', id)
  return {
    assign: async ({ conversationId, rm }) => {
      const it = await open(conversationId)
      const { capacity, load } = await db
        .selectFrom('rms')
        .selectAll()
        .where('userid', '=', rm)
        .executeTakeFirstOrThrow()
      if (it.rm !== rm && load + it.units > capacity)
        throw new Refused({ status: 422, title: 'RM is full', detail: '这位客户经理已满员，请换一位' })
      await set(conversationId).set({ status: 'assigned', rm, assigned_at: new Date() }).execute()
    },
    close: async ({ conversationId }) => {
      await open(conversationId)
      await set(conversationId).set({ status: 'closed', closed_at: new Date() }).execute()
    },
    reroute: async ({ conversationId }) => {
      await open(conversationId)
      await set(conversationId).set({ status: 'queued', rm: null, waiting_reason: 'nobody-on-duty' }).execute()
    },
  }
}
