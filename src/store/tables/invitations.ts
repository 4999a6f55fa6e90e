import type { Generated } from 'kysely'
import type { Id, JsonOrDefault, Now, Time } from './columns.ts'

/** From the chat to a manager of his own, and the first words there. */
export type InvitationTables = {
  invitations: {
    id: Id
    state: Generated<string>
    customer_id: string
    external_userid: string
    rm: string
    open_kfid: string
    conversation_id: string | null
    by: 'rule' | 'after-service' | 'rm' | 'customer'
    channel: string | null
    campaign: string | null
    via: 'acquisition-link' | 'contact-way' | 'upgrade' | null
    created_at: Time
    sent_at: Time | null
    failed: string | null
    added_at: Time | null
    added_rm: string | null
    expires_at: Time
  }
  manager_links: {
    rm: string
    via: 'acquisition-link' | 'contact-way'
    ref: string | null
    url: string | null
    state: Generated<string>
    asking_until: Time | null
    trouble: string | null
    trouble_at: Time | null
    created_at: Now
  }
  acquisition_quota: {
    one: Generated<boolean>
    total: number | null
    balance: number | null
    batches: JsonOrDefault<{ expiresAt: string; balance: number }[]>
    trouble: string | null
    read_at: Time
  }
  welcomes: {
    id: Id
    external_userid: string
    rm: string
    half: boolean
    rule: string
    code_at: Time
    outcome: Generated<'waiting' | 'delivered' | 'already' | 'missed' | 'refused'>
    delay_ms: number | null
    settled_at: Time | null
  }
  media_uploads: {
    file: string
    type: 'image' | 'video' | 'file'
    digest: string
    media_id: string | null
    uploaded_at: Time | null
    expires_at: Time | null
    trouble: string | null
  }
}
