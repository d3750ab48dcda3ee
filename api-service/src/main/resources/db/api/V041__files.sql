-- Files of tenants: what batches read and write. Content is a tenant's, so it is encrypted, in
-- chunks of 1 MiB but for the last; a chunk is bound to its file and place.
-- ready: all of it came. used_by: batches that have not ended and read it.
-- key_sha256, content_sha256: of an upload with an Idempotency-Key, for a day.
create table file (
  file_id uuid primary key,
  project_id bigint not null references project,
  purpose text not null check (purpose in ('batch', 'batch_output')),
  filename text not null,
  bytes bigint not null check (bytes >= 0),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ready boolean not null,
  used_by int not null default 0 check (used_by >= 0),
  key_sha256 bytea null check (length(key_sha256) = 32),
  content_sha256 bytea null check (length(content_sha256) = 32),
  check ((key_sha256 is null) = (content_sha256 is null))
);
create unique index file_key on file (project_id, key_sha256) where key_sha256 is not null;
create index on file (project_id, created_at, file_id);
create index on file (expires_at);
grant select, insert, update, delete on file to r1_api;

create table file_chunk (
  file_id uuid not null references file on delete cascade,
  ord int not null check (ord >= 0),
  content bytea not null,
  primary key (file_id, ord)
);
alter table file_chunk alter column content set storage external; -- it is encrypted
grant select, insert, delete on file_chunk to r1_api;
