-- The trail proves that it is whole: each organization's rows are a chain (0: the site's), in which
-- a row's hash covers its content and the hash before it. The database makes them, so that the
-- service's role can write nothing else, and nobody can change or remove a row by plain SQL.
create table audit_chain (
  chain bigint primary key,
  sequence bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);

-- What a check found, the newest counts.
create table audit_check (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  events bigint not null,
  broken bigint[] not null
);

alter table audit_event
  add column sequence bigint,
  add column hash bytea check (octet_length(hash) = 32);

-- The time in microseconds, since its text depends on the session's zone.
create function audit_hash(previous bytea, event audit_event) returns bytea
language sql stable as $$
  select sha256(previous || convert_to(jsonb_build_array(
    event.organization_id, event.sequence, event.id,
    (extract(epoch from event.at) * 1000000)::bigint, event.actor, event.address, event.action,
    event.object_kind, event.object_id, event.before, event.after, event.request_id)::text,
    'UTF8'))
$$;

create function chain_audit_event() returns trigger
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  head audit_chain;
begin
  insert into audit_chain (chain, sequence, hash)
  values (coalesce(new.organization_id, 0), 0, sha256(''))
  on conflict do nothing;
  select * into head from audit_chain
  where chain = coalesce(new.organization_id, 0) for update;
  new.sequence := head.sequence + 1;
  new.hash := audit_hash(head.hash, new);
  update audit_chain set sequence = new.sequence, hash = new.hash where chain = head.chain;
  return new;
end
$$;

create function keep_audit_event() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end
$$;

do $$
declare
  event audit_event;
  head audit_chain;
begin
  insert into audit_chain
  select distinct coalesce(organization_id, 0), 0, sha256('') from audit_event;
  for event in select * from audit_event order by id loop
    select * into head from audit_chain where chain = coalesce(event.organization_id, 0);
    event.sequence := head.sequence + 1;
    event.hash := audit_hash(head.hash, event);
    update audit_event set sequence = event.sequence, hash = event.hash where id = event.id;
    update audit_chain set sequence = event.sequence, hash = event.hash where chain = head.chain;
  end loop;
end
$$;

alter table audit_event
  alter column sequence set not null,
  alter column hash set not null;
create unique index audit_event_chain on audit_event (coalesce(organization_id, 0), sequence);

create trigger audit_event_chained before insert on audit_event
  for each row execute function chain_audit_event();
create trigger audit_event_kept before update or delete on audit_event
  for each row execute function keep_audit_event();
create trigger audit_event_all_kept before truncate on audit_event
  for each statement execute function keep_audit_event();

grant select on audit_chain to r1_api;
grant select, insert on audit_check to r1_api;
