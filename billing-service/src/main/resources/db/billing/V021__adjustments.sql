-- What is charged or given back beside requests: corrected prices, tiers, commitments. All of it is
-- journals of kind ADJUST; nothing that was charged is ever changed.
create table rerating (
  rerating_no bigint primary key check (rerating_no >= 1),
  command_id uuid not null unique,
  body_sha256 bytea not null check (length(body_sha256) = 32),
  actor text not null check (length(actor) between 1 and 200),
  reason text not null check (length(reason) between 1 and 500),
  version_id bigint not null references rate_card_version,
  tenant_id bigint null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  requests bigint not null check (requests >= 0),
  changed bigint not null check (changed between 0 and requests),
  unpriced bigint not null check (unpriced >= 0),
  old_amount pico not null check (old_amount >= 0),
  new_amount pico not null check (new_amount >= 0),
  done_at timestamptz not null,
  check (to_at > from_at)
);
comment on column rerating.tenant_id is 'null: all whom the version''s list is for';
comment on column rerating.old_amount is 'of all requests, changed or not, as new_amount';

-- One row per request that got another price; the newest counts. `supersedes` is the re-rating that
-- counted before, 0 for the price of admission: each is superseded once at most.
create table rerated_request (
  event_id uuid not null,
  rerating_no bigint not null references rerating deferrable initially deferred,
  supersedes bigint not null check (supersedes between 0 and rerating_no - 1),
  tenant_id bigint not null,
  project_id bigint not null,
  api_key_id bigint not null,
  model_id int not null,
  admitted_at timestamptz not null,
  tok_hit int not null check (tok_hit >= 0),
  tok_miss int not null check (tok_miss >= 0),
  tok_reason int not null check (tok_reason >= 0),
  tok_answer int not null check (tok_answer >= 0),
  old_version_id bigint not null references rate_card_version,
  old_win int not null,
  old_amount bigint not null check (old_amount >= 0),
  new_version_id bigint not null references rate_card_version,
  new_win int not null,
  new_amount bigint not null check (new_amount >= 0),
  primary key (event_id, rerating_no),
  unique (event_id, supersedes)
);
create index on rerated_request (rerating_no, tenant_id);
create index on rerated_request (tenant_id, admitted_at);

create table commitment (
  commitment_id bigint generated always as identity primary key,
  command_id uuid not null unique,
  actor text not null check (length(actor) between 1 and 200),
  tenant_id bigint not null,
  currency char(3) not null,
  period tstzrange not null,
  minimum pico not null check (minimum > 0),
  made_at timestamptz not null,
  cancelled_at timestamptz null,
  cancelled_by text null check (length(cancelled_by) between 1 and 200),
  check ((cancelled_at is null) = (cancelled_by is null)),
  check (cancelled_at < lower(period)),
  check (not isempty(period) and lower_inc(period) and not upper_inc(period)
    and not lower_inf(period) and not upper_inf(period)),
  check (lower(period) at time zone 'UTC'
    = date_trunc('month', lower(period) at time zone 'UTC')),
  check (upper(period) at time zone 'UTC'
    = date_trunc('month', upper(period) at time zone 'UTC')),
  exclude using gist (tenant_id with =, period with &&) where (cancelled_at is null)
);
comment on table commitment is
  'at least so much is paid for whole UTC months; it can be cancelled before it begins only';

-- Tiers of a month and shortfalls of a commitment. What it is now is `target` of its last revision;
-- each revision's journal posts the step to it.
create table adjustment (
  adjustment_id bigint generated always as identity primary key,
  kind text not null check (kind in ('TIER', 'SHORTFALL')),
  tenant_id bigint not null,
  currency char(3) not null,
  period tstzrange not null,
  card_id bigint null references rate_card,
  model_id int null references model,
  sku text null check (sku in ('HIT', 'MISS', 'REASONING', 'ANSWER')),
  win int null check (win between 0 and 100),
  revision int not null check (revision >= 1),
  target pico not null,
  step pico not null check (step <> 0),
  basis jsonb not null,
  journal_id uuid not null unique references journal,
  posted_at timestamptz not null,
  check (case kind when 'TIER' then num_nulls(card_id, model_id, sku, win) = 0
    else num_nonnulls(card_id, model_id, sku, win) = 0 and target >= 0 end),
  unique nulls not distinct
    (tenant_id, kind, currency, period, card_id, model_id, sku, win, revision)
);

create trigger append_only before update or delete or truncate on rerating
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on rerated_request
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on adjustment
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on commitment
  for each statement execute function refuse_change();

-- Every stored request with the price that counts for it now.
create view rated_request as
  select u.bucket, u.event_id, u.tenant_id, u.project_id, u.api_key_id, u.model_id, u.admitted_at,
    u.tok_hit, u.tok_miss, u.tok_reason, u.tok_answer,
    coalesce(r.new_version_id, u.version_id) as version_id,
    coalesce(r.new_win, u.win) as win,
    coalesce(r.new_amount, u.amount_pico) as amount_pico,
    coalesce(r.rerating_no, 0) as rerating_no,
    c.currency, c.tenant_id as card_tenant_id
  from usage_record u
    left join lateral (
      select r.* from rerated_request r where r.event_id = u.event_id
      order by r.rerating_no desc limit 1) r on true
    join rate_card_version v on v.version_id = coalesce(r.new_version_id, u.version_id)
    join rate_card c using (card_id);

-- Tokens and charges by hour, under the prices that count now: what was re-rated is taken from the
-- old version and added to the new one.
create view rated_hour as
  select tenant_id, hour, model_id, version_id, win, tok_hit, tok_miss, tok_reason, tok_answer,
    amount
  from usage_hourly
  union all
  select tenant_id, date_trunc('hour', admitted_at, 'UTC'), model_id, old_version_id, old_win,
    -tok_hit::bigint, -tok_miss::bigint, -tok_reason::bigint, -tok_answer::bigint, -old_amount
  from rerated_request
  union all
  select tenant_id, date_trunc('hour', admitted_at, 'UTC'), model_id, new_version_id, new_win,
    tok_hit, tok_miss, tok_reason, tok_answer, new_amount
  from rerated_request;

-- Every contradiction between adjustments and the ledger; empty is right.
create view adjustment_broken as
  with said as (
    select tenant_id, sum(amount) as amount from (
      select tenant_id, new_amount::numeric - old_amount as amount from rerated_request
      union all
      select tenant_id, step from adjustment) s
    group by tenant_id
  ), posted as (
    select tenant_id, -sum(amount) as amount from posted_entry
    where kind = 'ADJUST' and account = 'revenue' group by tenant_id
  )
  select 'organization ' || tenant_id || ': adjustments ' || coalesce(s.amount, 0) || ', ledger '
    || coalesce(p.amount, 0) as what
  from said s full join posted p using (tenant_id)
  where coalesce(s.amount, 0) <> coalesce(p.amount, 0)
  union all
  select 'adjustment ' || adjustment_id || ': revision ' || revision || ' says ' || target
    || ', its steps ' || steps
  from (select a.*, sum(step) over (partition by tenant_id, kind, currency, period, card_id,
      model_id, sku, win order by revision) as steps from adjustment a) a
  where target <> steps;

grant select, insert on rerating, rerated_request, commitment, adjustment to r1_billing;
grant update (cancelled_at, cancelled_by) on commitment to r1_billing;
grant select on rated_request, rated_hour, adjustment_broken to r1_billing;
