-- The log of receipts: RFC 6962 over the leaves of all usage records, signed as C2SP checkpoints.
--
-- Ingest adds one row per journal, which locks nothing that others need. The sequencer alone, under
-- the lock of log_head, gives rows their place, extends the tiles and signs.

create table log_batch (
  batch_id bigint generated always as identity primary key,
  journal_id uuid not null unique,
  leaves bytea not null check (length(leaves) > 0 and length(leaves) % 32 = 0),
  first_index bigint null unique check (first_index >= 0),
  logged_at timestamptz not null default clock_timestamp()
);
comment on column log_batch.leaves is '32 bytes for each record of the journal, by event_id; or of a month''s statement';
comment on column log_batch.first_index is 'place of the first leaf in the log; null: not yet';
create index log_batch_waiting on log_batch (batch_id) where first_index is null;

create table log_head (
  one boolean primary key default true check (one),
  size bigint not null check (size >= 0)
);
insert into log_head (size) values (0);

create table log_tile (
  level int not null check (level between 0 and 7),
  tile bigint not null check (tile >= 0),
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, tile)
);
alter table log_tile alter column hashes set storage external;

create table log_key (
  key text primary key,
  first_size bigint not null check (first_size >= 0),
  last_size bigint null check (last_size >= first_size)
);
create unique index log_key_in_use on log_key ((true)) where last_size is null;
comment on column log_key.last_size is 'the largest log that it may sign; null: it signs';

-- One checkpoint for each size, for ever: two would be two logs.
create table log_checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (length(root) = 32),
  note text not null,
  signed_at timestamptz not null default clock_timestamp()
);

-- What the log says of a month that was billed, and the checkpoint that its bundle ends with.
create table log_month (
  tenant_id bigint not null,
  month date not null check (extract(day from month) = 1),
  currency char(3) not null,
  statement text not null,
  log_index bigint not null unique,
  end_size bigint not null references log_checkpoint,
  check (log_index < end_size),
  primary key (tenant_id, currency, month)
);
create trigger append_only before update or delete or truncate on log_month
  for each statement execute function refuse_change();

create function guard_log() returns trigger
language plpgsql as $$
begin
  if tg_table_name = 'log_batch' then
    if old.first_index is null and (new.batch_id, new.journal_id, new.leaves, new.logged_at)
        = (old.batch_id, old.journal_id, old.leaves, old.logged_at) then
      return new;
    end if;
  elsif tg_table_name = 'log_head' then
    if new.size >= old.size then
      return new;
    end if;
  elsif tg_table_name = 'log_tile' then
    if (new.level, new.tile) = (old.level, old.tile)
        and substring(new.hashes for length(old.hashes)) = old.hashes then
      return new;
    end if;
  elsif tg_table_name = 'log_key' then
    if old.last_size is null and new.last_size is not null
        and (new.key, new.first_size) = (old.key, old.first_size) then
      return new;
    end if;
  end if;
  raise exception '% only grows', tg_table_name;
end
$$;
create trigger guard before update on log_batch for each row execute function guard_log();
create trigger guard before update on log_head for each row execute function guard_log();
create trigger guard before update on log_tile for each row execute function guard_log();
create trigger guard before update on log_key for each row execute function guard_log();
create trigger append_only before update on log_checkpoint
  for each row execute function guard_log();
create trigger never_deleted before delete or truncate on log_batch
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on log_head
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on log_tile
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on log_key
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on log_checkpoint
  for each statement execute function refuse_change();

-- What was charged before there was a log; days that left for files stay outside of it.
-- Whoever still writes is waited for, and then waits: what it commits later is not missed.
lock table usage_record in share row exclusive mode;
insert into log_batch (journal_id, leaves)
  select journal_id, string_agg(leaf_sha256, '' order by event_id) from usage_record
  group by journal_id order by min(admitted_at), journal_id;

grant select, insert on log_batch, log_tile, log_key, log_checkpoint, log_month to r1_billing;
grant select on log_head to r1_billing;
grant update (first_index) on log_batch to r1_billing;
grant update (size) on log_head to r1_billing;
grant update (hashes) on log_tile to r1_billing;
grant update (last_size) on log_key to r1_billing;
