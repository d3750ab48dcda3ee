-- What tenants read of their usage: the hourly sums with names, and the same by line of the bill.

alter table usage_hourly add column cancelled bigint not null default 0;
comment on column usage_hourly.cancelled is
  'requests whose client left or that were cancelled; none of days retired before this column';

update usage_hourly h set cancelled = s.cancelled
from (
  select tenant_id, date_trunc('hour', admitted_at, 'UTC') as hour, project_id, api_key_id, model_id,
    version_id, win, count(*) as cancelled
  from usage_record where finish in (3, 8)
  group by 1, 2, 3, 4, 5, 6, 7) s
where (h.tenant_id, h.hour, h.project_id, h.api_key_id, h.model_id, h.version_id, h.win)
  = (s.tenant_id, s.hour, s.project_id, s.api_key_id, s.model_id, s.version_id, s.win);

create view named_usage as
  select h.tenant_id, h.hour, h.project_id, h.api_key_id, h.model_id, m.name as model, h.version_id,
    h.win, c.currency, h.requests, h.cancelled, h.tok_hit, h.tok_miss, h.tok_reason, h.tok_answer,
    h.amount
  from usage_hourly h
    join model m using (model_id)
    join rate_card_version v using (version_id)
    join rate_card c using (card_id);

-- The lines of an hour add up to its amount: a charge is tokens times the price of its version.
create view usage_line as
  select u.tenant_id, u.hour, u.project_id, u.api_key_id, u.model, u.version_id, u.currency, l.sku,
    l.tokens * p.unit_pico::numeric as amount
  from named_usage u
    cross join lateral (values ('HIT', u.tok_hit), ('MISS', u.tok_miss),
      ('REASONING', u.tok_reason), ('ANSWER', u.tok_answer)) as l(sku, tokens)
    join price p on p.version_id = u.version_id and p.model_id = u.model_id and p.win = u.win
      and p.sku = l.sku
  where l.tokens > 0;

grant select on named_usage, usage_line to r1_billing;
