-- A true event that is not understood may be money: it is kept as it came, for a person to read.
alter table payment_refused
  alter column tenant_id drop not null,
  alter column purpose drop not null,
  alter column currency drop not null,
  alter column amount drop not null,
  add column body bytea null check (length(body) <= 65536),
  add check (num_nonnulls(tenant_id, purpose, currency, amount)
    = case when body is null then 4 else 0 end);
comment on column payment_refused.body is
  'the event byte for byte, where nobody knows what it means; null: the columns say it';
create unique index on payment_refused (provider, event_id, sha256(body)) where body is not null;
