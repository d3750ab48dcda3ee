-- Money that a provider vouched for and that could not be moved: kept, so that a person gives it back
-- or books it. An event that is sent again is kept once; the same id with other content once each.
create table payment_refused (
  refused_id bigint generated always as identity primary key,
  provider text not null,
  event_id text not null,
  tenant_id bigint not null,
  purpose text not null check (purpose in ('TOP_UP', 'PAYMENT')),
  currency char(3) not null,
  amount pico not null check (amount > 0),
  why text not null,
  at timestamptz not null,
  unique (provider, event_id, tenant_id, purpose, currency, amount)
);

-- What a person did about it; once.
create table payment_resolved (
  refused_id bigint primary key references payment_refused,
  actor text not null check (length(actor) between 1 and 200),
  why text not null check (length(why) between 1 and 500),
  at timestamptz not null
);

create trigger append_only before update or delete or truncate on payment_refused
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on payment_resolved
  for each statement execute function refuse_change();

grant select, insert on payment_refused, payment_resolved to r1_billing;
