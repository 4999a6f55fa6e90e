-- When the customer first got an answer from an RM in this conversation, and from whom. first_reply_at is the present RM's own, for the
-- first-reply guarantee, which begins anew with each of them.
alter table conversations add column answered_at timestamptz, add column answered_by text;

update conversations v set answered_at = m.at, answered_by = m.rm
from (select distinct on (conversation_id) conversation_id, at, rm from messages
      where sender = 'rm' and conversation_id is not null order by conversation_id, at, seq) m
where v.id = m.conversation_id;
update conversations set answered_at = first_reply_at, answered_by = rm where answered_at is null and first_reply_at is not null;
