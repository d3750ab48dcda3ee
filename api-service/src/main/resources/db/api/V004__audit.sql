-- Who changed what. Append-only: the service can neither change nor remove a row.
create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  address text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  organization_id bigint,
  before jsonb,
  after jsonb,
  request_id uuid not null
);
create index audit_event_object on audit_event (object_kind, object_id, id);
create index audit_event_organization on audit_event (organization_id, id);

grant select, insert on audit_event to r1_api;
