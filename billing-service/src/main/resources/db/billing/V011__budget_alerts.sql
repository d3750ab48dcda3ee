-- One alert per period and threshold, written in the transaction that crossed it; then delivered.
create table budget_alert (
  alert_id bigint generated always as identity primary key,
  period_id bigint not null references budget_period,
  percent int not null,
  organization_id bigint not null,
  spent pico not null,
  limit_pico pico not null,
  created_at timestamptz not null,
  rearmed_at timestamptz null
);
comment on column budget_alert.rearmed_at is
  'a rolling budget fell below the threshold again, so it may alert again';
create unique index one_alert on budget_alert (period_id, percent) where rearmed_at is null;
create index on budget_alert (organization_id, alert_id);

create table webhook_target (
  target_id bigint generated always as identity primary key,
  organization_id bigint null,
  url text not null,
  secret bytea not null check (length(secret) between 24 and 64),
  created_at timestamptz not null,
  closed_at timestamptz null
);
comment on column webhook_target.organization_id is 'null: alerts of every organization';

create table webhook_delivery (
  alert_id bigint not null references budget_alert,
  target_id bigint not null references webhook_target,
  attempts int not null default 0,
  next_at timestamptz null,
  delivered_at timestamptz null,
  last_error text null,
  primary key (alert_id, target_id),
  check (delivered_at is null or next_at is null)
);
comment on column webhook_delivery.next_at is 'null: delivered, or given up';
create index on webhook_delivery (next_at) where next_at is not null;

alter table budget_command add column target_id bigint null references webhook_target;

grant select, insert on budget_alert, webhook_target, webhook_delivery to r1_billing;
grant update (rearmed_at) on budget_alert to r1_billing;
grant update (closed_at) on webhook_target to r1_billing;
grant update (attempts, next_at, delivered_at, last_error) on webhook_delivery to r1_billing;
