-- Who may come in and as what. Only the hash of the token is kept; it is good once, until it
-- expires, for whoever has the address.
create table invitation (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organization,
  project_id bigint,
  role text not null check (role in ('owner', 'admin', 'developer', 'finance', 'viewer')),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  token_sha256 bytea not null unique check (octet_length(token_sha256) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  accepted_at timestamptz,
  revoked_at timestamptz,
  foreign key (organization_id, project_id) references project (organization_id, id),
  check (project_id is null or role not in ('owner', 'finance')),
  check (num_nulls(accepted_at, revoked_at) > 0)
);
create index on invitation (organization_id, id);
grant select, insert, update (accepted_at, revoked_at) on invitation to r1_api;
