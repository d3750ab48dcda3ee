create table organization (
  id bigint generated always as identity primary key,
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null,
  version bigint not null default 0
);
create unique index organization_name on organization (lower(name));

create table project (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organization,
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null,
  version bigint not null default 0
);
create unique index project_name on project (organization_id, lower(name));

grant select, insert, update (name, version) on organization, project to r1_api;
