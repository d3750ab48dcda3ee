-- How what is held is decided, and how a hole in a stream is closed: by a named person, once.
alter table usage_held
  add column resolved_by text null,
  add column resolved_why text null,
  add column resolved_at timestamptz null,
  add check (resolved in ('CONFIRMED', 'REJECTED')),
  add check (num_nulls(resolved, resolved_by, resolved_why, resolved_at) in (0, 4)),
  -- a second content of an id never takes the place of the first, nor can nonsense be charged
  add check (not (resolved = 'CONFIRMED' and reason in ('CONFLICT', 'MALFORMED')));
create index on usage_held (held_at) where resolved is null;

alter table engine_held
  add column resolved_by text null,
  add column resolved_why text null,
  add column resolved_at timestamptz null,
  add check (resolved = 'REJECTED'),
  add check (num_nulls(resolved, resolved_by, resolved_why, resolved_at) in (0, 4));
create index on engine_held (held_at) where resolved is null;

create function guard_held() returns trigger
language plpgsql as $$
begin
  if old.resolved is not null then
    raise exception 'held record % was % before', old.held_id, old.resolved;
  end if;
  return new;
end
$$;
create trigger guard before update on usage_held for each row execute function guard_held();
create trigger guard before update on engine_held for each row execute function guard_held();

-- A held record that was confirmed: charged in the period that was open then, not in its own.
create table usage_correction (
  bucket date not null,
  event_id uuid not null,
  held_id bigint not null unique references usage_held,
  admitted_on date not null,
  effective_on date not null check (effective_on >= admitted_on),
  tenant_id bigint not null,
  version_id bigint not null references rate_card_version,
  amount_pico bigint not null check (amount_pico >= 0),
  journal_id uuid not null unique references journal,
  primary key (bucket, event_id)
);
comment on column usage_correction.effective_on is 'UTC day under which the ledger has it';
create index on usage_correction (admitted_on);
create index on usage_correction (effective_on);

-- A stream that sent something after what is expected: since when, and the first number it has.
alter table ingest_hwm
  add column gap_since timestamptz null,
  add column gap_seq bigint null,
  add check ((gap_since is null) = (gap_seq is null)),
  add check (gap_seq > next_seq);

-- Sequence numbers that a person gave up: their records are lost.
create table usage_hole (
  source text not null,
  replica_id bigint not null,
  epoch int not null,
  first_seq bigint not null check (first_seq >= 1),
  last_seq bigint not null check (last_seq >= first_seq),
  settled_by text not null,
  settled_why text not null,
  settled_at timestamptz not null,
  primary key (source, replica_id, epoch, first_seq),
  foreign key (source, replica_id, epoch) references ingest_hwm
);

create or replace view usage_stream as
  select source, replica_id, epoch, next_seq, closed, seen_at, gap_since, gap_seq from ingest_hwm;

grant update (resolved, resolved_by, resolved_why, resolved_at) on usage_held, engine_held
  to r1_billing;
grant select, insert on usage_correction, usage_hole to r1_billing;

-- What the nightly comparison of a day said last.
create table reconciliation_day (
  day date primary key,
  checked_at timestamptz not null,
  complete_through timestamptz null,
  requests bigint not null,
  amount pico not null,
  differences int not null check (differences >= 0)
);
grant select, insert, update on reconciliation_day to r1_billing;
