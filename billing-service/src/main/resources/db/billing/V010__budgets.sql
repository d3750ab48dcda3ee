-- Who may still spend what. The safety property is a check: spent + leased <= limit_pico.
create table budget (
  budget_id bigint generated always as identity primary key,
  organization_id bigint not null,
  scope text not null check (scope in ('CREDIT', 'ORGANIZATION', 'PROJECT', 'KEY')),
  scope_id bigint not null,
  hard boolean not null,
  currency char(3) not null,
  limit_pico pico not null,
  tz text not null,
  reset text not null
    check (reset in ('NEVER', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR', 'ROLLING')),
  rolling_hours int null check (rolling_hours between 1 and 8784),
  alert_percent int[] not null check (cardinality(alert_percent) <= 10),
  created_at timestamptz not null,
  closed_at timestamptz null,
  check ((reset = 'ROLLING') = (rolling_hours is not null)),
  check (scope <> 'CREDIT' or (hard and reset = 'NEVER' and scope_id = organization_id)),
  check (scope <> 'ORGANIZATION' or scope_id = organization_id),
  check (scope = 'CREDIT' or limit_pico >= 0)
);
comment on column budget.limit_pico is
  'what was set; below 0 only for CREDIT, where it holds as 0 until more is paid';
create unique index one_hard_budget on budget (scope, scope_id) where hard and closed_at is null;
create index on budget (scope, scope_id);
create index on budget (organization_id);

create table budget_period (
  period_id bigint generated always as identity primary key,
  budget_id bigint not null references budget,
  period tstzrange not null check (not isempty(period) and not lower_inf(period)),
  target_pico pico not null check (target_pico >= 0),
  limit_pico pico null,
  spent pico not null default 0 check (spent >= 0),
  leased pico not null default 0 check (leased >= 0),
  overrun pico not null default 0 check (overrun >= 0),
  exclude using gist (budget_id with =, period with &&),
  check (spent + leased <= limit_pico)
);
comment on column budget_period.limit_pico is
  'null: soft. Above target_pico only while a lowered limit waits for leases to return';
comment on column budget_period.overrun is
  'charged beyond what was held, which cannot happen while gateways hold the worst case';
create index on budget_period (upper(period)) where leased > 0;

-- What one (replica, epoch) took of a period: totals that only rise.
create table lease (
  lease_id bigint generated always as identity primary key,
  period_id bigint not null references budget_period,
  replica_id bigint not null,
  epoch int not null,
  granted pico not null check (granted >= 0),
  spent pico not null default 0 check (spent >= 0),
  returned pico not null default 0 check (returned >= 0),
  recalled boolean not null default false,
  unique (period_id, replica_id, epoch),
  check (spent + returned <= granted)
);
create index on lease (replica_id, epoch) where granted > spent + returned;
create index lease_recalled on lease (replica_id, epoch)
  where recalled and granted > spent + returned;

create table budget_version (
  organization_id bigint primary key,
  version bigint not null
);

create table budget_increase (
  increase_id bigint generated always as identity primary key,
  budget_id bigint not null references budget,
  amount pico not null check (amount > 0),
  expires_at timestamptz not null,
  ended boolean not null default false,
  created_at timestamptz not null
);
create index on budget_increase (budget_id) where not ended;
create index on budget_increase (expires_at) where not ended;

-- Rolling budgets: what each hour added, until it has left the window.
create table budget_hour (
  period_id bigint not null references budget_period,
  hour timestamptz not null,
  amount pico not null,
  primary key (period_id, hour)
);
create index on budget_hour (hour);

-- Commands of operators and of the credit module; an id is done once.
create table budget_command (
  command_id uuid primary key,
  kind text not null,
  body_sha256 bytea not null check (length(body_sha256) = 32),
  budget_id bigint null references budget,
  at timestamptz not null
);

create table credit_change (
  change_id bigint generated always as identity primary key,
  budget_id bigint not null references budget,
  delta pico not null,
  reason text not null,
  at timestamptz not null
);

-- A held record settles its leases when it is released.
alter table usage_held add column leases bigint[] null;

grant select, insert, update on budget, budget_period, lease, budget_version, budget_increase,
  budget_hour to r1_billing;
grant delete on budget_hour to r1_billing;
grant select, insert on budget_command, credit_change to r1_billing;
