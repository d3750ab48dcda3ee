create table operator (
  id bigint generated always as identity primary key,
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  password_hash text not null,
  enabled boolean not null default true,
  created_at timestamptz not null,
  unique (email)
);

-- A browser's session. Only the hash of its id is kept: who reads this table cannot be anyone.
create table operator_session (
  id_sha256 bytea primary key check (octet_length(id_sha256) = 32),
  operator_id bigint references operator,
  attributes jsonb not null default '{}',
  created_at timestamptz not null,
  last_access_at timestamptz not null
);
create index operator_session_age on operator_session (last_access_at);
create index operator_session_operator on operator_session (operator_id);

-- Log-in attempts that have not succeeded, counted against guessing.
create table login_attempt (
  attempt_id bigint generated always as identity primary key,
  email_sha256 bytea not null,
  address text not null,
  attempted_at timestamptz not null
);
create index login_attempt_email on login_attempt (email_sha256, attempted_at);
create index login_attempt_address on login_attempt (address, attempted_at);
create index login_attempt_age on login_attempt (attempted_at);

grant select, insert, update (password_hash, enabled) on operator to r1_api;
grant select, insert, update, delete on operator_session, login_attempt to r1_api;
