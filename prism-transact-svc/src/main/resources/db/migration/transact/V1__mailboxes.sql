create table mailbox_message (
  namespace    text        not null,
  mailbox      text        not null,
  -- From 1, without gaps, in the order of commits: written under a lock of the mailbox.
  sequence     bigint      not null,
  -- The part of the message's id that nobody can guess.
  tag          bigint      not null,
  message      bytea       not null,
  -- Keys and values in turn, as jsonb_object(text[]) takes them.
  metadata     text[]      not null,
  message_type text,
  priority     integer,
  created_at   timestamptz not null,
  processed_at timestamptz,
  primary key (namespace, mailbox, sequence)
);
create index mailbox_message_unprocessed on mailbox_message (namespace, mailbox, sequence) where processed_at is null;
create index mailbox_message_processed on mailbox_message (processed_at) where processed_at is not null;

create table idempotency_record (
  namespace   text        not null,
  key         text        not null,
  fingerprint bytea       not null,
  -- Null only within the transaction that writes it.
  response    bytea,
  created_at  timestamptz not null,
  primary key (namespace, key)
);
create index idempotency_record_oldest on idempotency_record (created_at);

-- How far a mailbox is published to a topic.
create table outbox_position (
  namespace  text        not null,
  mailbox    text        not null,
  topic      text        not null,
  sequence   bigint      not null,
  changed_at timestamptz not null,
  primary key (namespace, mailbox, topic)
);
