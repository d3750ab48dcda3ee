-- Servers of others behind this site's models, beside our own inference-services, which the settings
-- name. The key is encrypted for this address: at another it is nothing.
create table upstream (
  upstream_id bigint generated always as identity primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  url text not null check (url ~ '^https?://'),
  api_key bytea,
  trusted text,
  enabled boolean not null,
  start_within_seconds int not null check (start_within_seconds between 1 and 600),
  created_at timestamptz not null,
  probed_at timestamptz not null,
  version bigint not null
);

-- What such a server calls a model of ours, and when its turn is: 1 is asked first, our own servers
-- have 10.
create table upstream_model (
  upstream_id bigint not null references upstream on delete cascade,
  model_id int not null references model,
  name text not null check (length(name) between 1 and 256),
  priority int not null check (priority between 1 and 99),
  context_length int not null check (context_length between 1 and 100000000),
  max_output_tokens int not null check (max_output_tokens between 1 and context_length),
  reasoning boolean not null,
  primary key (upstream_id, model_id)
);

grant select, insert, update, delete on upstream, upstream_model to r1_api;
