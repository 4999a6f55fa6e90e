-- RMs who work by chatting with the app: relays, their notes, and the cards on their phones.

-- The RM is no servicer of the account: the bot keeps the session (state 0 or 1) and passes on what both write.
alter table conversations add column relay boolean not null default false;

-- Which of several relays the RM is answering at the moment; and the day on which he was last told how to use the chat.
alter table rms add column relay_focus bigint;
alter table rms add column greeted_on date;

-- What an RM noted about a customer. The ledger knows that he did, not what.
create table notes (
  id              bigint generated always as identity primary key,
  customer_id     bigint      not null references customers,
  conversation_id bigint,
  rm              text        not null,
  text            text        not null,
  at              timestamptz not null
);
create index notes_by_customer on notes (customer_id, id desc);

-- Cards about a conversation, to be greyed when it moves on without a tap.
create index outbox_cards on outbox (conversation_id) where kind = 'message/card';
