-- Whoever logs in to the console is a person; operators are those who run the site. Without a
-- password a person logs in through the site's identity provider only.
alter table operator rename to person;
alter table person
  alter column password_hash drop not null,
  add column operator boolean not null default false;
update person set operator = true;
alter table operator_session rename to person_session;
alter table person_session rename column operator_id to person_id;
grant insert, update (operator) on person to r1_api;

-- What a person is in an organization, or in one project of it; by which way, since roles of the
-- identity provider's groups come and go with each login and given ones stay.
alter table project add unique (organization_id, id);
create table membership (
  id bigint generated always as identity primary key,
  person_id bigint not null references person,
  organization_id bigint not null references organization,
  project_id bigint,
  role text not null check (role in ('owner', 'admin', 'developer', 'finance', 'viewer')),
  source text not null default 'given' check (source in ('given', 'group')),
  created_at timestamptz not null,
  version bigint not null default 0,
  unique nulls not distinct (person_id, organization_id, project_id, source),
  foreign key (organization_id, project_id) references project (organization_id, id),
  check (project_id is null or role not in ('owner', 'finance'))
);
create index on membership (organization_id, id);
grant select, insert, update (role, version), delete on membership to r1_api;
