-- Lines of batches have prices of their own: the sums keep them apart from other requests. Bit 3 of
-- a record's flags says that it is one.
alter table usage_hourly add column batch boolean not null default false;
comment on column usage_hourly.batch is 'whether these requests were lines of batches';
alter table usage_hourly drop constraint usage_hourly_pkey, add primary key
  (tenant_id, hour, project_id, api_key_id, model_id, version_id, win, batch);

alter table rerated_request add column batch boolean not null default false;

create or replace view rated_request as
  select u.bucket, u.event_id, u.tenant_id, u.project_id, u.api_key_id, u.model_id, u.admitted_at,
    u.tok_hit, u.tok_miss, u.tok_reason, u.tok_answer,
    coalesce(r.new_version_id, u.version_id) as version_id,
    coalesce(r.new_win, u.win) as win,
    coalesce(r.new_amount, u.amount_pico) as amount_pico,
    coalesce(r.rerating_no, 0) as rerating_no,
    c.currency, c.tenant_id as card_tenant_id,
    u.flags & 8 <> 0 as batch
  from usage_record u
    left join lateral (
      select r.* from rerated_request r where r.event_id = u.event_id
      order by r.rerating_no desc limit 1) r on true
    join rate_card_version v on v.version_id = coalesce(r.new_version_id, u.version_id)
    join rate_card c using (card_id);

create or replace view rated_hour as
  select tenant_id, hour, model_id, version_id, win, tok_hit, tok_miss, tok_reason, tok_answer,
    amount, batch
  from usage_hourly
  union all
  select tenant_id, date_trunc('hour', admitted_at, 'UTC'), model_id, old_version_id, old_win,
    -tok_hit::bigint, -tok_miss::bigint, -tok_reason::bigint, -tok_answer::bigint, -old_amount,
    batch
  from rerated_request
  union all
  select tenant_id, date_trunc('hour', admitted_at, 'UTC'), model_id, new_version_id, new_win,
    tok_hit, tok_miss, tok_reason, tok_answer, new_amount, batch
  from rerated_request;

create or replace view named_usage as
  select h.tenant_id, h.hour, h.project_id, h.api_key_id, h.model_id, m.name as model, h.version_id,
    h.win, c.currency, h.requests, h.cancelled, h.tok_hit, h.tok_miss, h.tok_reason, h.tok_answer,
    h.amount, h.batch
  from usage_hourly h
    join model m using (model_id)
    join rate_card_version v using (version_id)
    join rate_card c using (card_id);

-- The price of a token in a version: a batch token's is half of the other's, rounded up, where the
-- version does not name it.
create view unit_price as
  select version_id, model_id, win, sku, unit_pico from price
  union all
  select p.version_id, p.model_id, p.win, p.sku || '_BATCH', p.unit_pico / 2 + p.unit_pico % 2
  from price p
  where p.sku not like '%\_BATCH' and not exists (
    select from price b
    where (b.version_id, b.model_id, b.sku, b.win)
      = (p.version_id, p.model_id, p.sku || '_BATCH', p.win));

create or replace view usage_line as
  select u.tenant_id, u.hour, u.project_id, u.api_key_id, u.model, u.version_id, u.currency, l.sku,
    l.tokens * p.unit_pico::numeric as amount, u.batch
  from named_usage u
    cross join lateral (values ('HIT', u.tok_hit), ('MISS', u.tok_miss),
      ('REASONING', u.tok_reason), ('ANSWER', u.tok_answer)) as t(kind, tokens)
    cross join lateral (
      select t.kind || case when u.batch then '_BATCH' else '' end as sku, t.tokens) as l
    join unit_price p on p.version_id = u.version_id and p.model_id = u.model_id and p.win = u.win
      and p.sku = l.sku
  where l.tokens > 0;

grant select on unit_price to r1_billing;
