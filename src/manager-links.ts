import type { LinkKind, MadeLink } from './crm/invite-links.ts'
import type { WecomClient } from './wecom/client.ts'
import { addContactWay, createAcquisitionLink } from './wecom/endpoints/contact.ts'
import { UserId } from './wecom/ids.ts'

/** What the admin reads in WeCom's console beside a link that we made. */
const name = (rm: string): string => `引桥 ${rm}`.slice(0, 30)

/** A customer who is being told good-bye waits for it: his code lives 20 s. */
const quick = { deadlineMs: 8_000 }

/** One RM's link at WeCom: the customer is added without the RM's consent, the invitation is his word. */
export const managerLinkMaker =
  (call: WecomClient['call']) =>
  async ({ rm, via, state }: { rm: string; via: LinkKind; state: string }): Promise<MadeLink> => {
    const user = UserId.parse(rm)
    if (via === 'acquisition-link') {
      const { link } = await call(createAcquisitionLink, { link_name: name(rm), range: { user_list: [user] } }, quick)
      return { ref: link.link_id, url: link.url }
    }
    const ask = { type: 1 as const, scene: 2 as const, state, user: [user], remark: name(rm) }
    const { config_id, qr_code } = await call(addContactWay, ask, quick)
    if (!qr_code) throw new Error('WeCom made a contact way without a QR code')
    return { ref: config_id, url: qr_code }
  }
