-- The site's models. A model without an upstream is known but not served.
create table model (
  model_id int primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  owned_by text not null,
  upstream text check (upstream in ('local')),
  created_at timestamptz not null
);

create table model_alias (
  alias text primary key check (alias ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  model_id int not null references model
);

insert into model (model_id, name, owned_by, upstream, created_at) values
  (1, 'deepseek-r1', 'deepseek', null, '2025-01-20T00:00:00Z'),
  (2, 'r1-nano', 'r1-platform', 'local', '2026-11-22T00:00:00Z');
insert into model_alias (alias, model_id) values ('deepseek-reasoner', 2);

grant select on model, model_alias to r1_api;
