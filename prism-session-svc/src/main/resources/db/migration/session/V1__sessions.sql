create table namespace (
  name        text primary key,
  status      text        not null check (status in ('ACTIVE', 'READ_ONLY', 'SUSPENDED')),
  description text        not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
);

create table api_key (
  id           text primary key,
  secret_hash  bytea       not null,
  principal    text        not null,
  namespaces   text[]      not null,
  permissions  text[]      not null,
  config_names text[]      not null,
  expires_at   timestamptz,
  created_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  bootstrap    boolean     not null
);
create index api_key_newest on api_key (created_at desc, id desc);

create table client_config (
  namespace     text        not null references namespace,
  name          text        not null,
  version       text        not null,
  -- Rises with each registration: the highest of a name is its newest version.
  registration  bigint      not null generated always as identity,
  pattern       integer     not null,
  content       bytea       not null,
  registered_at timestamptz not null,
  registered_by text        not null,
  primary key (namespace, name, version)
);
create index client_config_newest on client_config (namespace, name, registration desc);
create index client_config_name on client_config (name);

create table session (
  id                text primary key,
  -- Rises with each change of the status; what instances compare.
  version           bigint      not null,
  status            text        not null check (status in ('ACTIVE', 'READ_ONLY', 'TERMINATING', 'CLOSED', 'EXPIRED')),
  reason            text        not null,
  principal         text        not null,
  credential        text        not null,
  namespaces        text[]      not null,
  permissions       text[]      not null,
  config_names      text[]      not null,
  client_id         text        not null,
  client_version    text        not null,
  metadata          jsonb       not null,
  namespace         text        not null,
  config            bytea       not null,
  created_read_only boolean     not null,
  created_at        timestamptz not null,
  expires_at        timestamptz not null,
  token_expires_at  timestamptz not null,
  last_activity     timestamptz not null,
  terminating_since timestamptz,
  requests          bigint      not null default 0,
  bytes_sent        bigint      not null default 0,
  bytes_received    bigint      not null default 0,
  -- The transaction that last changed the status, so that readers find changes that were committed
  -- out of order: all below a snapshot's xmin are in it.
  changed_by        xid8
) with (fillfactor = 70);
create index session_changed on session (changed_by) where version > 1;
create index session_exceptional on session (id) where status <> 'ACTIVE' or created_read_only;
create index session_expiring on session (expires_at) where status in ('ACTIVE', 'READ_ONLY', 'TERMINATING');
create index session_newest on session (created_at desc, id desc) where status in ('ACTIVE', 'READ_ONLY', 'TERMINATING');
create index session_of_namespace on session (namespace, created_at desc, id desc) where status in ('ACTIVE', 'READ_ONLY', 'TERMINATING');
create index session_token_expires on session (token_expires_at);

-- The instances that report through the feed.
create table feed_instance (
  id       text primary key,
  sequence bigint      not null,
  services text[]      not null,
  features text[]      not null,
  seen_at  timestamptz not null
) with (fillfactor = 50);

-- What is open in a session on an instance now; no row: nothing.
create table session_use (
  session_id     text    not null,
  instance_id    text    not null,
  active_streams integer not null,
  pending        integer not null,
  primary key (session_id, instance_id)
) with (fillfactor = 70);
create index session_use_instance on session_use (instance_id);

create table audit_event (
  id         bigint primary key generated always as identity,
  time       timestamptz not null,
  actor      text        not null,
  action     text        not null,
  resource   text        not null,
  namespace  text        not null,
  outcome    text        not null check (outcome in ('SUCCESS', 'DENIED', 'FAILED')),
  request_id text        not null,
  details    jsonb       not null
);
create index audit_event_time on audit_event (time);
create index audit_event_actor on audit_event (actor, id desc);
create index audit_event_namespace on audit_event (namespace, id desc);
create index audit_event_resource on audit_event (resource, id desc);

create table signing_key (
  id                text primary key,
  public_jwk        text        not null,
  encrypted_private bytea       not null,
  created_at        timestamptz not null,
  signs_from        timestamptz not null
);
