-- FOCUS Cost and Usage. Amounts are pico until the last select; months are UTC.
--
-- A `token` row is what an hour had of a kind of token at a price. It is cut three times: by the
-- invoices that have it, by the tiers that its month reached, and by what paid credit covers.
-- What invoices and ledger say beyond these rows is a row of its own, so the sums always agree.
with scope as (
  select cast(:organization as bigint) as organization,
    cast(:from as timestamptz) as from_at, cast(:to as timestamptz) as to_at,
    date_trunc('month', cast(:from as timestamptz) at time zone 'UTC')::date as first_month,
    date_trunc('month', cast(:to as timestamptz) at time zone 'UTC'
      - interval '1 microsecond')::date as last_month
), issued as (
  select i.*, (lower(i.period) at time zone 'UTC')::date as month,
    row_number() over (partition by i.tenant_id, i.currency order by i.issued_at, i.invoice_id)
      as place
  from invoice i cross join scope s
  where i.kind = 'INVOICE' and i.status = 'finalized'
    and (s.organization is null or i.tenant_id = s.organization)
), closed as (
  select tenant_id, currency, month, max(month) over (partition by tenant_id, currency) as last
  from issued
), months as ( -- those asked for, and those whose usage may have come late to them
  select m::date as month
  from scope s cross join generate_series(s.first_month - interval '2 months',
    s.last_month::timestamp, interval '1 month') as m
  union
  select l.month from scope s
    join issued i on i.month between s.first_month and s.last_month
    join invoice_line l using (invoice_id)
  where l.month is not null
  union
  select a.month from dated_adjustment a cross join scope s
  where a.kind = 'SHORTFALL' and a.day >= s.first_month
    and a.day < s.last_month + interval '1 month'
    and (s.organization is null or a.tenant_id = s.organization)
  union -- those of closed months, however old, whose tiers or minimum changed since
  select d.month
  from (
    select a.tenant_id, a.currency, a.kind, (lower(a.period) at time zone 'UTC')::date as month,
      ((upper(a.period) at time zone 'UTC') - interval '1 month')::date as last_month, a.card_id,
      a.model_id, a.sku, a.win, a.step as amount
    from adjustment a cross join scope s
    where s.organization is null or a.tenant_id = s.organization
    union all
    select i.tenant_id, i.currency, l.kind, l.month, null, l.card_id, l.model_id, l.sku, l.win,
      -l.amount
    from issued i join invoice_line l using (invoice_id)
    where l.kind in ('TIER', 'SHORTFALL')
  ) d cross join scope s
  group by d.tenant_id, d.currency, d.kind, d.month, d.card_id, d.model_id, d.sku, d.win,
    s.first_month, s.last_month
  having sum(d.amount) <> 0 and exists (
    select from closed c where c.tenant_id = d.tenant_id and c.currency = d.currency
      and c.month = max(d.last_month)
      and c.last + interval '1 month' between s.first_month and s.last_month)
), held as ( -- records confirmed in a later month than their own: their counts are in their bytes
  select k.tenant_id, k.version_id,
    date_trunc('month', k.admitted_on::timestamp)::date as month,
    date_trunc('month', k.effective_on::timestamp)::date as late_month,
    date_trunc('hour', timestamptz 'epoch' + ('x' || encode(substring(h.record from 49 for 8),
      'hex'))::bit(64)::bigint * interval '1 microsecond', 'UTC') as hour,
    ('x' || encode(substring(h.record from 33 for 8), 'hex'))::bit(64)::bigint as project_id,
    ('x' || encode(substring(h.record from 41 for 8), 'hex'))::bit(64)::bigint as api_key_id,
    ('x' || encode(substring(h.record from 5 for 4), 'hex'))::bit(32)::int as model_id,
    ('x' || encode(substring(h.record from 93 for 4), 'hex'))::bit(32)::int as win,
    get_byte(h.record, 3) & 8 <> 0 as batch,
    ('x' || encode(substring(h.record from 65 for 4), 'hex'))::bit(32)::int::bigint as hit,
    ('x' || encode(substring(h.record from 69 for 4), 'hex'))::bit(32)::int::bigint as miss,
    ('x' || encode(substring(h.record from 73 for 4), 'hex'))::bit(32)::int::bigint as reasoning,
    ('x' || encode(substring(h.record from 77 for 4), 'hex'))::bit(32)::int::bigint as answer
  from usage_correction k join usage_held h using (held_id) cross join scope s
  where date_trunc('month', k.admitted_on::timestamp)
      <> date_trunc('month', k.effective_on::timestamp)
    and (s.organization is null or k.tenant_id = s.organization)
), rerated as (
  select q.tenant_id, d.version_id,
    date_trunc('month', q.admitted_at at time zone 'UTC')::date as month,
    date_trunc('month', r.done_at at time zone 'UTC')::date as late_month,
    date_trunc('hour', q.admitted_at, 'UTC') as hour, q.project_id, q.api_key_id, q.model_id,
    d.win, q.batch, d.sign, d.sign * q.tok_hit as hit, d.sign * q.tok_miss as miss,
    d.sign * q.tok_reason as reasoning, d.sign * q.tok_answer as answer
  from rerated_request q join rerating r using (rerating_no) cross join scope s
    cross join lateral (values (q.old_version_id, q.old_win, -1::bigint),
      (q.new_version_id, q.new_win, 1)) as d(version_id, win, sign)
  where s.organization is null or q.tenant_id = s.organization
), part as ( -- `month` is the ledger's; `moved`: it is another than that of the hour
  select u.tenant_id, m.month, false as moved, u.hour, u.project_id, u.api_key_id, u.model_id,
    u.version_id, u.win, u.batch, u.requests, u.tok_hit as hit, u.tok_miss as miss,
    u.tok_reason as reasoning, u.tok_answer as answer
  from months m join usage_hourly u on u.hour >= m.month::timestamp at time zone 'UTC'
      and u.hour < (m.month + interval '1 month') at time zone 'UTC'
    cross join scope s
  where s.organization is null or u.tenant_id = s.organization
  union all
  select h.tenant_id, case when d.sign < 0 then h.month else h.late_month end, d.sign > 0, h.hour,
    h.project_id, h.api_key_id, h.model_id, h.version_id, h.win, h.batch, d.sign, d.sign * h.hit,
    d.sign * h.miss, d.sign * h.reasoning, d.sign * h.answer
  from held h cross join lateral (values (-1::bigint), (1)) as d(sign)
  where case when d.sign < 0 then h.month else h.late_month end in (select month from months)
  union all
  select r.tenant_id, r.late_month, r.month <> r.late_month, r.hour, r.project_id, r.api_key_id,
    r.model_id, r.version_id, r.win, r.batch, case when r.month = r.late_month then r.sign end,
    r.hit, r.miss, r.reasoning, r.answer
  from rerated r
  where r.late_month in (select month from months)
), summed as (
  select tenant_id, month, moved, hour, project_id, api_key_id, model_id, version_id, win, batch,
    nullif(sum(requests), 0) as requests, sum(hit) as hit, sum(miss) as miss,
    sum(reasoning) as reasoning, sum(answer) as answer
  from part
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), token as (
  select u.tenant_id, c.currency, u.month, u.moved, u.hour, u.project_id, u.api_key_id, u.model_id,
    u.version_id, u.win, u.batch, t.kind, t.ord,
    t.kind || case when u.batch then '_BATCH' else '' end as sku, t.tokens,
    case when t.ord = min(t.ord) over (partition by u.tenant_id, u.month, u.moved, u.hour,
      u.project_id, u.api_key_id, u.model_id, u.version_id, u.win, u.batch) then u.requests end
      as requests,
    c.card_id, lower(v.valid) as begun_at, p.unit_pico
  from summed u
    join rate_card_version v using (version_id) join rate_card c using (card_id)
    cross join lateral (values ('HIT', 1, u.hit), ('MISS', 2, u.miss),
      ('REASONING', 3, u.reasoning), ('ANSWER', 4, u.answer)) as t(kind, ord, tokens)
    join unit_price p on p.version_id = u.version_id and p.model_id = u.model_id
      and p.win = u.win and p.sku = t.kind || case when u.batch then '_BATCH' else '' end
  where t.tokens <> 0
), billed as ( -- what invoices have of a price, in the order of the invoices
  select i.tenant_id, i.currency, i.invoice_id, i.month as invoice_month, i.place, l.line_no,
    l.month, l.project_id, l.model_id, l.sku, l.version_id, l.win, l.quantity::numeric as quantity
  from issued i join invoice_line l using (invoice_id)
  where l.kind = 'USAGE' and l.month in (select month from months)
), billed_price as (
  select {price}, sum(quantity) as quantity
  from billed group by {price}
), priced as (
  select {price}, sum(tokens) as tokens,
    coalesce(sum(tokens) filter (where moved), 0) as moved_tokens
  from token group by {price}
), stretch as ( -- the invoice that has the tokens from the lo-th to the hi-th of a price's month
  select b.*, sum(b.quantity) over w - b.quantity
      - case when row_number() over w > 1 then p.moved_tokens else 0 end as lo,
    sum(b.quantity) over w - p.moved_tokens as hi,
    row_number() over w = 1 as first_line
  from billed b join priced p using ({price})
  window w as (partition by b.tenant_id, b.currency, b.month, b.project_id, b.model_id, b.sku,
    b.version_id, b.win order by b.place, b.line_no)
  union all
  select p.tenant_id, p.currency, null, null, null, null, p.month, p.project_id, p.model_id, p.sku,
    p.version_id, p.win, null,
    case when b.quantity is null then 0 else b.quantity - p.moved_tokens end, 'Infinity',
    b.quantity is null
  from priced p left join billed_price b using ({price})
), placed as (
  select t.*, coalesce(sum(t.tokens) over (partition by t.tenant_id, t.currency, t.month,
      t.project_id, t.model_id, t.sku, t.version_id, t.win, t.moved
      order by t.hour, t.api_key_id
      rows between unbounded preceding and 1 preceding), 0) as before
  from token t
), cut as (
  select t.tenant_id, t.currency, t.month, t.moved, t.hour, t.project_id, t.api_key_id, t.model_id,
    t.version_id, t.win, t.batch, t.kind, t.ord, t.sku, t.card_id, t.begun_at, t.unit_pico,
    case when t.moved or s.lo <= t.before then t.requests end as requests,
    case when t.moved then t.tokens
      else least(t.before + t.tokens, s.hi) - greatest(t.before, s.lo) end as tokens,
    s.invoice_id, s.line_no,
    coalesce(s.invoice_month,
      case when c.month is not null and p.tokens <> coalesce(b.quantity, 0)
        then (c.last + interval '1 month')::date else t.month end) as billing_month
  from placed t
    join priced p using ({price})
    join stretch s using ({price})
    left join closed c using (tenant_id, currency, month)
    left join billed_price b using ({price})
  where case when t.moved then s.first_line
    else least(t.before + t.tokens, s.hi) > greatest(t.before, s.lo) end
), piece as (
  select c.*, c.moved or c.billing_month <> c.month as corrects
  from cut c
), counted as ( -- where a token stands in its month, for tiers
  select p.*, case when not corrects and not batch then
      sum(tokens) over w - tokens end as tier_from,
    sum(tokens) filter (where not corrects and not batch) over (partition by tenant_id, currency,
      month, card_id, model_id, sku, win) as month_tokens
  from piece p
  window w as (partition by corrects, batch, tenant_id, currency, month, card_id, model_id, sku,
    win order by begun_at, version_id, hour, project_id, api_key_id, coalesce(invoice_id, 0)
    rows unbounded preceding)
), tier as (
  select p.version_id, p.model_id, p.sku, p.win, p.tier_kind, t.ord::int as tier,
    (t.step ->> 'from')::numeric as lo,
    coalesce(lead((t.step ->> 'from')::numeric) over (partition by p.version_id, p.model_id, p.sku,
      p.win order by t.ord), 'Infinity') as hi,
    (t.step ->> 'unit_pico')::numeric as unit_pico
  from price p cross join lateral jsonb_array_elements(
    jsonb_build_array(jsonb_build_object('from', '0', 'unit_pico', p.unit_pico::text))
      || p.tiers) with ordinality as t(step, ord)
  where p.tier_kind in ('GRADUATED', 'VOLUME')
), tiered as (
  select c.*, coalesce(t.tier, 1) as tier, coalesce(t.unit_pico, c.unit_pico) as paid_pico,
    case when t.tier_kind = 'GRADUATED'
      then least(c.tier_from + c.tokens, t.hi) - greatest(c.tier_from, t.lo)
      else c.tokens end as count,
    case when t.tier_kind = 'GRADUATED' then greatest(c.tier_from, t.lo) - c.tier_from
      else 0 end as shift
  from counted c
    left join tier t on not c.corrects and not c.batch and t.version_id = c.version_id
      and t.model_id = c.model_id and t.sku = c.sku and t.win = c.win
      and case when t.tier_kind = 'GRADUATED'
        then least(c.tier_from + c.tokens, t.hi) > greatest(c.tier_from, t.lo)
        else c.month_tokens > t.lo and c.month_tokens <= t.hi end
), costed as ( -- what it costs, after what of its day costs how much
  select t.*, (t.hour at time zone 'UTC')::date as day, t.count * t.paid_pico as cost,
    sum(case when t.corrects then 0 else t.count * t.paid_pico end) over w as through
  from tiered t
  window w as (partition by t.tenant_id, t.currency, (t.hour at time zone 'UTC')::date
    order by t.hour, t.project_id, t.api_key_id, t.model_id, t.version_id, t.win, t.batch, t.ord,
      t.corrects, t.month, coalesce(t.invoice_id, 0), t.tier
    rows unbounded preceding)
), drawn as (
  select tenant_id, currency, day, kind, sum(amount) as amount from credit_drawn
  where date_trunc('month', day::timestamp)::date in (select month from months)
  group by 1, 2, 3, 4
), covered as (
  select c.*, case when c.corrects then 0
    else greatest(least(c.through, coalesce(d.amount, 0)) - (c.through - c.cost), 0) end as credit
  from costed c left join drawn d on d.tenant_id = c.tenant_id and d.currency = c.currency
    and d.day = c.day and d.kind = 'PAID'
), usage as ( -- a row that credit pays in part is two: what is covered, and the rest
  select c.*, s.side, s.quantity,
    case when s.side = 'owed' then c.cost - c.credit else 0 end as billed,
    case when c.shift = 0 and (s.side = 'covered' or n.whole = 0) then c.requests end as counts
  from covered c
    cross join lateral (
      select coalesce(div(c.credit, nullif(c.paid_pico, 0)), 0) as whole) n
    cross join lateral (values ('covered', n.whole), ('owed', c.count - n.whole))
      as s(side, quantity)
  where s.quantity <> 0
), said as ( -- what invoices have beside usage, and what is due of it
  select i.tenant_id, i.currency, l.kind, l.note, l.month, l.card_id, l.model_id, l.sku, l.win,
    i.invoice_id, i.month as invoice_month, l.line_no, l.amount::numeric as amount
  from issued i join invoice_line l using (invoice_id)
  where l.kind in ('TIER', 'SHORTFALL', 'CREDIT') and l.month in (select month from months)
  union all
  select d.tenant_id, d.currency, d.kind, d.note, d.month, d.card_id, d.model_id, d.sku, d.win,
    null, null, null, sum(d.amount)
  from (
    select a.tenant_id, a.currency, a.kind, null as note, a.month, a.card_id, a.model_id, a.sku,
      a.win, a.amount::numeric as amount
    from dated_adjustment a
    where a.month in (select month from months)
    union all
    select tenant_id, currency, 'CREDIT', kind, date_trunc('month', day::timestamp)::date, null,
      null, null, null, -amount
    from drawn
    union all
    select i.tenant_id, i.currency, l.kind, l.note, l.month, l.card_id, l.model_id, l.sku, l.win,
      -l.amount
    from issued i join invoice_line l using (invoice_id)
    where l.kind in ('TIER', 'SHORTFALL', 'CREDIT') and l.month in (select month from months)
  ) d cross join scope s
  where s.organization is null or d.tenant_id = s.organization
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  having sum(d.amount) <> 0
), due as (
  select d.*, coalesce(p.last_month, d.month) as natural_month, p.ends_month,
    coalesce(d.invoice_month, case when c.month is not null
      then (c.last + interval '1 month')::date
      else coalesce(p.last_month, d.month) end) as billing_month
  from said d
    left join lateral (
      select max((upper(a.period) at time zone 'UTC')::date) as ends_month,
        max(((upper(a.period) at time zone 'UTC') - interval '1 month')::date) as last_month
      from adjustment a
      where d.kind = 'SHORTFALL' and a.kind = 'SHORTFALL' and a.tenant_id = d.tenant_id
        and a.currency = d.currency and (lower(a.period) at time zone 'UTC')::date = d.month) p
      on true
    left join closed c on c.tenant_id = d.tenant_id and c.currency = d.currency
      and c.month = coalesce(p.last_month, d.month)
), other as (
  select d.tenant_id, d.currency, d.kind, d.note, d.month, d.card_id, d.model_id, d.sku, d.win,
    d.invoice_id, d.line_no, d.billing_month, d.billing_month <> d.natural_month as corrects,
    d.ends_month, d.amount
  from due d
  where d.kind in ('SHORTFALL', 'CREDIT') and (d.kind <> 'CREDIT' or d.note = 'PROMO')
    or d.billing_month <> d.natural_month
  union all -- tiers that the rows above do not show: packages, and what is not posted yet
  select tenant_id, currency, 'TIER', null, month, card_id, model_id, sku, win, d.invoice_id,
    d.line_no, month, false, null, coalesce(d.amount, 0) - coalesce(u.amount, 0)
  from (select tenant_id, currency, month, card_id, model_id, sku, win,
      max(invoice_id) as invoice_id, max(line_no) as line_no, sum(amount) as amount
    from due where kind = 'TIER' and billing_month = natural_month group by 1, 2, 3, 4, 5, 6, 7) d
    full join (select tenant_id, currency, month, card_id, model_id, sku, win,
        sum(count * (paid_pico - unit_pico)) as amount
      from tiered where not corrects and tier > 1 group by 1, 2, 3, 4, 5, 6, 7) u
      using (tenant_id, currency, month, card_id, model_id, sku, win)
  where coalesce(d.amount, 0) <> coalesce(u.amount, 0)
  union all -- credit that was drawn for more than the rows above cost, at their tiers
  select tenant_id, currency, 'CREDIT', 'PAID', month, null, null, null, null, d.invoice_id,
    d.line_no, month, false, null, coalesce(d.amount, 0) + coalesce(u.amount, 0)
  from (select tenant_id, currency, month, max(invoice_id) as invoice_id, max(line_no) as line_no,
      sum(amount) as amount
    from due where kind = 'CREDIT' and note = 'PAID' and billing_month = natural_month
    group by 1, 2, 3) d
    full join (select tenant_id, currency, month, sum(credit) as amount
      from covered where credit > 0 group by 1, 2, 3) u using (tenant_id, currency, month)
  where coalesce(d.amount, 0) + coalesce(u.amount, 0) <> 0
), window_kind as (
  select version_id, bool_and(code like 'off%') as all_off, bool_and(code not like 'off%') as all_on
  from price_window group by 1
), charge as (
  select u.tenant_id, u.currency, u.billing_month, u.hour as from_at,
    u.hour + interval '1 hour' as to_at, 'Usage' as category, u.corrects,
    'Usage-Based' as frequency,
    concat('U|', to_char(u.hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24'), '|', u.project_id, '|',
      u.api_key_id, '|', m.name, '|', u.version_id, '|', u.win, '|', u.sku, '|', u.tier, '|',
      case when u.moved then to_char(u.month, 'YYYY-MM') else '' end, '|',
      case when u.corrects then to_char(u.billing_month, 'YYYY-MM') || '/'
        || coalesce(u.invoice_id, 0) else '' end, '|', u.side) as charge_id,
    concat(m.name, ', ', x.label, case when u.batch then ', batch' else '' end,
      case when w.code is not null then ', window ' || w.code else '' end,
      case when u.tier > 1 then ', tier ' || u.tier else '' end,
      case when u.side = 'covered' then ', paid from credit' else '' end,
      case when u.corrects and u.quantity < 0 then ', taken back'
        when u.corrects then ', corrected or late' else '' end) as description,
    u.quantity as tokens, u.quantity * 0.000001 as quantity, '1000000 Tokens' as unit,
    u.paid_pico * 0.000001 as unit_price, coalesce(p.list_pico, l.list_pico / 2 + l.list_pico % 2)
      * 0.000001 as list_price,
    u.billed, u.quantity * u.paid_pico as effective, null::numeric as contracted,
    concat(m.name, '-', x.sku, case when u.batch then '-batch' else '' end) as sku_id,
    concat(x.meter, case when u.batch then ', Batch' else '' end) as meter,
    case when w.code like 'off%' then 'offpeak' when w.code is not null then 'peak'
      when k.all_on then 'offpeak' when k.all_off then 'peak' else 'ondemand' end
      || case when u.tier > 1 then '-t' || u.tier else '' end as price_kind,
    jsonb_strip_nulls(jsonb_build_object(
      'x_ModelDeveloper', case when m.name like 'deepseek%' then 'DeepSeek' end,
      'x_ModelFamily', case when m.name like 'deepseek-r1%' then 'DeepSeek-R1'
        when m.name like 'r1-nano%' then 'R1-Nano' end,
      'x_ModelId', m.name, 'x_OutputKind', x.output_kind,
      'x_TokenCacheAction', x.cache_action, 'x_TokenDirection', x.direction)) as details,
    u.project_id, jsonb_build_object('r1:ApiKeyId', u.api_key_id::text) as tags,
    u.invoice_id, u.line_no, u.version_id, u.counts as requests
  from usage u
    join model m using (model_id)
    join (values
      ('HIT', 'hit', 'Input Tokens (Cache Hit)', 'input found in the cache', 'Input', 'Read', null),
      ('MISS', 'miss', 'Input Tokens (Cache Miss)', 'input', 'Input', 'Uncached', null),
      ('REASONING', 'reasoning', 'Reasoning Output Tokens', 'reasoning', 'Output', null,
        'Reasoning'),
      ('ANSWER', 'output', 'Answer Output Tokens', 'answer', 'Output', null, 'Answer'))
      as x(kind, sku, meter, label, direction, cache_action, output_kind) on x.kind = u.kind
    left join price p on p.version_id = u.version_id and p.model_id = u.model_id
      and p.win = u.win and p.sku = u.sku
    left join price l on l.version_id = u.version_id and l.model_id = u.model_id
      and l.win = u.win and l.sku = u.kind
    left join price_window w on w.version_id = u.version_id and w.win = u.win
    left join window_kind k on k.version_id = u.version_id
  union all
  select o.tenant_id, o.currency, o.billing_month, o.month::timestamp at time zone 'UTC',
    coalesce(o.ends_month, o.month + interval '1 month')::timestamp at time zone 'UTC',
    case when o.kind = 'CREDIT' and o.note = 'PROMO' then 'Credit' else 'Adjustment' end,
    o.corrects, 'One-Time',
    concat('O|', to_char(o.month, 'YYYY-MM'), '|', o.kind, '|', o.note, '|', o.card_id, '|',
      o.model_id, '|', o.sku, '|', o.win, '|', case when o.corrects
        then to_char(o.billing_month, 'YYYY-MM') || '/' || coalesce(o.invoice_id, 0) else '' end),
    case when o.kind = 'SHORTFALL' then 'Minimum commitment: what is missing to it'
      when o.kind = 'TIER' then concat('Tiers of ', m.name, ' ', o.sku,
        ': what is beyond the rows of usage')
      when o.note = 'PROMO' then 'Promotional credit'
      when o.corrects then 'Paid credit drawn for usage that came late'
      else 'Paid credit drawn for more than the usage costs at its tiers' end,
    null, null, null, null, null, o.amount,
    case when o.kind = 'CREDIT' and o.note = 'PAID' then 0 else o.amount end, o.amount, null, null,
    null, null, null, null, o.invoice_id, o.line_no, null, null
  from other o left join model m using (model_id)
  union all -- credit bought, and purchases that were taken back
  select e.tenant_id, e.currency, date_trunc('month', e.effective_on::timestamp)::date,
    d.day::timestamp at time zone 'UTC', (d.day + 1)::timestamp at time zone 'UTC', 'Purchase',
    date_trunc('month', d.day::timestamp) < date_trunc('month', e.effective_on::timestamp),
    'One-Time',
    concat('P|', e.journal_id),
    case when j.reverses is null then 'Prepaid credit' else 'Prepaid credit, taken back' end,
    null, e.amount * 0.000000000001, 'Credits', 1, 1, e.amount, 0, null,
    'credit-' || lower(e.currency), 'Prepaid Credit', 'ondemand', null, null, null, null, null,
    null, null
  from posted_entry e join journal_posted j using (journal_id)
    left join posted_entry b on b.journal_id = j.reverses and b.account = 'cash'
    cross join lateral (select coalesce(b.effective_on, e.effective_on) as day) d
    cross join scope s
  where e.account = 'cash' and coalesce(b.kind, j.kind) = 'TOP_UP'
    and (s.organization is null or e.tenant_id = s.organization)
    and e.effective_on >= s.first_month and e.effective_on < s.last_month + interval '1 month'
  union all -- paid credit that expired: it covers nothing any more
  select g.tenant_id, g.currency, date_trunc('month', g.expires_at at time zone 'UTC')::date,
    date_trunc('day', g.expires_at, 'UTC'), date_trunc('day', g.expires_at, 'UTC')
      + interval '24 hours', 'Adjustment', false, 'One-Time', concat('X|', g.grant_id),
    'Prepaid credit that expired unused', null, null, null, null, null, 0, g.remaining, 0, null,
    null, null, null, null, null, null, null, null, null
  from credit_grant g cross join scope s
  where g.kind = 'PAID' and g.remaining > 0
    and g.expires_at >= s.first_month::timestamp at time zone 'UTC'
    and g.expires_at < (s.last_month + interval '1 month') at time zone 'UTC'
    and (s.organization is null or g.tenant_id = s.organization)
  union all -- taxes, what goes on to another invoice, and what credit notes give back
  select i.tenant_id, i.currency, n.billing_month, lower(i.period), upper(i.period),
    case when l.kind = 'TAX' then 'Tax' else 'Adjustment' end, i.kind = 'CREDIT_NOTE', 'One-Time',
    concat('D|', i.number, '|', l.line_no),
    case when l.kind = 'TAX' then l.tax_label
      when l.kind <> 'CARRIED' then coalesce(l.note, 'Credit note')
      when l.amount < 0 then 'Carried over from an earlier invoice'
      else 'Carried to the next invoice' end,
    null, null, null, null, null, l.amount, e.earned, e.earned, null, null, null, null, null, null,
    i.invoice_id, l.line_no, null, null
  from invoice i join invoice_line l using (invoice_id) cross join scope s
    cross join lateral (select case when i.kind = 'INVOICE' then lower(i.period)
        else date_trunc('month', i.issued_at, 'UTC') end at time zone 'UTC') as b(at)
    cross join lateral (select b.at::date) as n(billing_month)
    cross join lateral (select case when l.kind = 'CARRIED' then 0 else l.amount end) as e(earned)
  where i.status = 'finalized' and (l.kind in ('TAX', 'CARRIED') or i.kind = 'CREDIT_NOTE')
    and (s.organization is null or i.tenant_id = s.organization)
    and n.billing_month between s.first_month and s.last_month
)
select
  trim_scale(c.billed * 0.000000000001) as "BilledCost",
  c.tenant_id::text as "BillingAccountId",
  coalesce(i.customer ->> 'name', b.name, 'Organization ' || c.tenant_id) as "BillingAccountName",
  c.currency::text as "BillingCurrency",
  (c.billing_month + interval '1 month') at time zone 'UTC' as "BillingPeriodEnd",
  c.billing_month::timestamp at time zone 'UTC' as "BillingPeriodStart",
  c.category as "ChargeCategory",
  case when c.corrects then 'Correction' end as "ChargeClass",
  c.description as "ChargeDescription",
  c.frequency as "ChargeFrequency",
  c.to_at as "ChargePeriodEnd",
  c.from_at as "ChargePeriodStart",
  c.tokens as "ConsumedQuantity",
  case when c.tokens is not null then 'Tokens' end as "ConsumedUnit",
  trim_scale(coalesce(c.unit_price * c.quantity, c.contracted * 0.000000000001))
    as "ContractedCost",
  trim_scale(c.unit_price) as "ContractedUnitPrice",
  trim_scale(c.effective * 0.000000000001) as "EffectiveCost",
  {issuer} as "HostProviderName",
  i.number || '-' || c.line_no as "InvoiceDetailId",
  i.number as "InvoiceId",
  coalesce(i.issuer ->> 'name', {issuer}) as "InvoiceIssuerName",
  trim_scale(coalesce(c.list_price * c.quantity, c.contracted * 0.000000000001)) as "ListCost",
  trim_scale(c.list_price) as "ListUnitPrice",
  case when c.sku_id is not null then 'Standard' end as "PricingCategory",
  trim_scale(c.quantity) as "PricingQuantity",
  c.unit as "PricingUnit",
  'AI and Machine Learning' as "ServiceCategory",
  'R1 Inference' as "ServiceName",
  {issuer} as "ServiceProviderName",
  'Generative AI' as "ServiceSubcategory",
  c.sku_id as "SkuId",
  c.meter as "SkuMeter",
  c.details::text as "SkuPriceDetails",
  c.sku_id || '-' || c.price_kind as "SkuPriceId",
  c.project_id::text as "SubAccountId",
  'Project ' || c.project_id as "SubAccountName",
  c.tags::text as "Tags",
  concat(c.tenant_id, '|', c.currency, '|', c.charge_id) as "x_ChargeId",
  i.checkpoint_size as "x_CheckpointSize",
  c.version_id as "x_PriceVersionId",
  c.requests::bigint as "x_RequestCount"
from charge c cross join scope s
  left join invoice i using (invoice_id)
  left join billing_profile b on b.tenant_id = c.tenant_id
where case when c.corrects or c.from_at < c.billing_month::timestamp at time zone 'UTC'
    then c.billing_month::timestamp at time zone 'UTC' else c.from_at end >= s.from_at
  and case when c.corrects or c.from_at < c.billing_month::timestamp at time zone 'UTC'
    then c.billing_month::timestamp at time zone 'UTC' else c.from_at end < s.to_at
order by c.tenant_id, c.currency, c.billing_month, c.from_at, c.charge_id collate "C"
