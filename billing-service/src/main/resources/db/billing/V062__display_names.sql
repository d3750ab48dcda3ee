-- What projects and API keys are called, as the gateways say. A name is known for the organization
-- that it was said of only, so nobody else's document can have it. The number rises with each name
-- of a thing: an older one that comes late changes nothing.
create table display_name (
  kind text not null check (kind in ('PROJECT', 'API_KEY')),
  tenant_id bigint not null,
  id bigint not null,
  name text not null check (length(name) between 1 and 100),
  seq bigint not null,
  primary key (kind, tenant_id, id)
);
grant select, insert, update (name, seq) on display_name to r1_billing;

alter table invoice_line
  add column project_name text null check (length(project_name) between 1 and 100),
  add check (project_name is null or project_id is not null);
comment on column invoice_line.project_name is
  'when its lines were added up; null: none was known';
