-- What other modules read of the tables that a module owns.

-- Every charged request with its names; `record` is the 184 bytes as they came over the wire.
create view charged_request as
  select u.*,
    m.name as model_name,
    c.currency,
    v.content_sha256 as price_sha256,
    c.name as price_name,
    lower(v.valid) as price_valid_from,
    '\x01'::bytea || substring(int4send(u.finish) from 4) || substring(int4send(u.flags) from 3)
      || int4send(u.model_id) || uuid_send(u.event_id)
      || int8send(u.tenant_id) || int8send(u.project_id) || int8send(u.api_key_id)
      || int8send((extract(epoch from u.admitted_at) * 1000000)::bigint)
      || int8send((extract(epoch from u.finished_at) * 1000000)::bigint)
      || int4send(u.tok_hit) || int4send(u.tok_miss) || int4send(u.tok_reason)
      || int4send(u.tok_answer) || int4send(u.waived_in) || int4send(u.waived_out)
      || int4send(u.ttft_ms) || int4send(u.win)
      || v.content_sha256 || int8send(u.amount_pico) || u.salt || u.output_sha256 as record
  from usage_record u
    join rate_card_version v using (version_id)
    join rate_card c using (card_id)
    join model m using (model_id);

-- The newest reference list, its four prices in one row: "the same usage on o1".
create view reference_price as
  select c.name, lower(v.valid) as dated, c.currency,
    max(p.unit_pico) filter (where p.sku = 'HIT') as hit_pico,
    max(p.unit_pico) filter (where p.sku = 'MISS') as miss_pico,
    max(p.unit_pico) filter (where p.sku = 'REASONING') as reason_pico,
    max(p.unit_pico) filter (where p.sku = 'ANSWER') as answer_pico
  from rate_card_version v
    join rate_card c using (card_id)
    join price p using (version_id)
  where c.reference and v.published_at is not null and upper_inf(v.valid)
  group by c.name, v.version_id, lower(v.valid), c.currency
  order by lower(v.valid) desc
  limit 1;

create view posted_entry as
  select e.journal_id, e.ord, a.code as account, a.tenant_id, a.currency, e.effective_on, e.amount,
    j.kind, j.created_at
  from entry e join account a using (account_id) join journal j using (journal_id);

-- The conservation law per tenant, currency and UTC day of admission: usage = -revenue = accrued,
-- and so do the sums by hour and by day. A row that is not all equal is a difference.
create view conservation as
  with usage as (
    select u.tenant_id, c.currency, (u.admitted_at at time zone 'UTC')::date as day,
      count(*) as requests, sum(u.amount_pico) as amount
    from usage_record u join rate_card_version v using (version_id) join rate_card c using (card_id)
    group by 1, 2, 3
  ), hourly as (
    select h.tenant_id, c.currency, (h.hour at time zone 'UTC')::date as day,
      sum(h.requests) as requests, sum(h.amount) as amount
    from usage_hourly h join rate_card_version v using (version_id) join rate_card c using (card_id)
    group by 1, 2, 3
  ), ledger as (
    select tenant_id, currency, effective_on as day,
      coalesce(sum(amount) filter (where account = 'accrued'), 0) as accrued,
      coalesce(-sum(amount) filter (where account = 'revenue'), 0) as revenue
    from posted_entry
    group by 1, 2, 3
  ), daily as (
    select a.tenant_id, a.currency, d.day,
      coalesce(sum(d.amount) filter (where a.code = 'accrued'), 0) as accrued,
      coalesce(-sum(d.amount) filter (where a.code = 'revenue'), 0) as revenue
    from account_day d join account a using (account_id)
    group by 1, 2, 3
  )
  select tenant_id, currency, day,
    coalesce(usage.requests, 0) as usage_requests,
    coalesce(hourly.requests, 0) as hourly_requests,
    coalesce(usage.amount, 0) as usage_amount,
    coalesce(hourly.amount, 0) as hourly_amount,
    coalesce(ledger.accrued, 0) as accrued,
    coalesce(ledger.revenue, 0) as revenue,
    coalesce(daily.accrued, 0) as daily_accrued,
    coalesce(daily.revenue, 0) as daily_revenue
  from usage
    full join hourly using (tenant_id, currency, day)
    full join ledger using (tenant_id, currency, day)
    full join daily using (tenant_id, currency, day);

grant select on charged_request, reference_price, posted_entry, conservation to r1_billing;
