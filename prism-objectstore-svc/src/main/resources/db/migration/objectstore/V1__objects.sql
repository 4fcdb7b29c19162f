-- The index of objects that are kept as files.
create table object (
  namespace text not null,
  bucket text not null,
  -- In bytewise order: a key is no text of any language.
  key text collate "C" not null,
  -- The file's name.
  blob text not null,
  size bigint not null,
  sha256 text not null,
  content_type text not null,
  -- A JSON object of strings.
  metadata text not null,
  last_modified timestamptz not null,
  expires_at timestamptz,
  primary key (namespace, bucket, key)
);

-- For the sweep of what has expired.
create index object_expires_at on object (expires_at) where expires_at is not null;

-- For the sweep of files that no object has.
create unique index object_blob on object (blob);
