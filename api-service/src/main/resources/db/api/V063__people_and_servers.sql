-- An operator shuts a person out, and lets it in again.
alter table person add column version bigint not null default 0;
grant update (enabled, version) on person to r1_api;

-- Who invited: the invitation is good as long as that person could still give it. Null: a machine,
-- or before this was written down.
alter table invitation add column invited_by bigint references person;
create index on invitation (invited_by) where accepted_at is null and revoked_at is null;

-- Hours in which an operator looked into a tenant, so that the trail has one row of each. 0: into
-- all of the site at once. Rows of days that are over are removed.
create table operator_look (
  hour timestamptz not null,
  actor text not null,
  organization_id bigint not null,
  area text not null,
  primary key (hour, actor, organization_id, area)
);
grant select, insert, delete on operator_look to r1_api;

-- Whether the server takes a salt of its prefix cache.
alter table upstream add column cache_salt boolean not null default false;

-- Who carries an order out under a key, and until when another one keeps off.
alter table admin_reply
  add column holder uuid,
  add column held_until timestamptz,
  add check ((holder is null) = (held_until is null));
