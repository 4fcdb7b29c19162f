-- The durable table of namespaces whose configuration names no collection.
create table entry (
  namespace text not null,
  -- In bytewise order: a key is no text of any language.
  name text collate "C" not null,
  value bytea not null,
  expires_at timestamptz,
  primary key (namespace, name)
);

-- For the sweep of what has expired.
create index entry_expires_at on entry (expires_at) where expires_at is not null;

-- Values are opaque and often compressed already.
alter table entry alter column value set storage external;
