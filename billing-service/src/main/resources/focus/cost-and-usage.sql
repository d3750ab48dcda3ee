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
  select i.tenant_id, i.currency, i.invoice_id, (lower(i.period) at time zone 'UTC')::date as month,
    row_number() over (partition by i.tenant_id, i.currency order by i.issued_at, i.invoice_id)
      as place
  from invoice i cross join scope s
  where i.kind = 'INVOICE' and i.status = 'finalized'
    and (s.organization is null or i.tenant_id = s.organization)
), closed as ( -- up to which month nothing is billed any more but by what comes after it
  select tenant_id, currency, max(month) as last from issued group by 1, 2
), months as ( -- those asked for, and those whose usage may have come late to them
  select m::date as month
  from scope s cross join generate_series(s.first_month - interval '2 months',
    s.last_month::timestamp, interval '1 month') as m
  union
  select l.month from scope s
    join issued i on i.month between s.first_month and s.last_month
    join invoice_line l using (invoice_id)
  where l.month is not null
  union -- those of invoices that are void: what was due of them goes on
  select l.month
  from invoice i join invoice_line l using (invoice_id) cross join scope s
  where i.status = 'void' and l.month is not null
    and (s.organization is null or i.tenant_id = s.organization)
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
      and c.last >= max(d.last_month)
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
), {lines}, part as ( -- `month` is the ledger's; `moved`: it is another than that of the hour
  select tenant_id, date_trunc('month', hour at time zone 'UTC')::date as month, false as moved,
    hour, project_id, api_key_id, model_id, version_id, win, batch, requests, tok_hit as hit,
    tok_miss as miss, tok_reason as reasoning, tok_answer as answer
  from usage_hourly -- no join: PostgreSQL is to know how many rows these are
  where hour >= date_trunc('month', cast(:from as timestamptz), 'UTC')
    and hour < (date_trunc('month', cast(:to as timestamptz) at time zone 'UTC'
      - interval '1 microsecond') + interval '1 month') at time zone 'UTC'
    and (cast(:organization as bigint) is null or tenant_id = cast(:organization as bigint))
  union all
  select u.tenant_id, m.month, false, u.hour, u.project_id, u.api_key_id, u.model_id,
    u.version_id, u.win, u.batch, u.requests, u.tok_hit, u.tok_miss, u.tok_reason, u.tok_answer
  from months m
    join usage_hourly u on m.month = date_trunc('month', u.hour at time zone 'UTC')::date
  where u.hour >= (select min(month)::timestamp at time zone 'UTC' from months)
    and u.hour < date_trunc('month', cast(:from as timestamptz), 'UTC')
    and (cast(:organization as bigint) is null or u.tenant_id = cast(:organization as bigint))
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
), taken as (
  select tenant_id, month, moved, project_id, model_id, version_id, win, batch, sum(hit) as hit,
    sum(miss) as miss, sum(reasoning) as reasoning, sum(answer) as answer
  from summed
  group by 1, 2, 3, 4, 5, 6, 7, 8
), priced as ( -- what a month has of a line, of a project
  select t.tenant_id, l.currency, t.month, t.project_id, l.line, sum(k.tokens) as tokens,
    coalesce(sum(k.tokens) filter (where t.moved), 0) as moved_tokens, bool_or(t.moved) as moved
  from taken t
    cross join lateral (values (1, t.hit), (2, t.miss), (3, t.reasoning), (4, t.answer))
      as k(ord, tokens)
    join line l using (model_id, version_id, win, batch, ord)
  group by 1, 2, 3, 4, 5
), billed as ( -- what invoices have of it, in the order of the invoices
  select i.tenant_id, i.invoice_id, i.month as invoice_month, i.place, l.line_no, l.month,
    l.project_id, n.line, l.quantity::numeric as quantity
  from issued i join invoice_line l using (invoice_id)
    join line n on n.currency = i.currency and n.model_id = l.model_id and n.sku = l.sku
      and n.version_id = l.version_id and n.win = l.win
  where l.kind = 'USAGE' and l.month in (select month from months)
), billed_price as (
  select {price}, sum(quantity) as quantity
  from billed group by {price}
), stretch as ( -- the invoice that has the tokens from the lo-th to the hi-th of a price's month
  select tenant_id, b.month, project_id, line, b.invoice_id, b.line_no,
    b.invoice_month as billing_month, p.moved, sum(b.quantity) over w - b.quantity
      - case when row_number() over w > 1 then p.moved_tokens else 0 end as lo,
    sum(b.quantity) over w - p.moved_tokens as hi,
    row_number() over w = 1 as first_line
  from billed b join priced p using ({price})
  window w as (partition by tenant_id, b.month, project_id, line order by b.place, b.line_no)
  union all
  select tenant_id, month, project_id, line, null, null,
    case when month <= c.last and p.tokens <> coalesce(b.quantity, 0)
      then (c.last + interval '1 month')::date else month end, p.moved,
    case when b.quantity is null then 0 else b.quantity - p.moved_tokens end, 'Infinity',
    b.quantity is null
  from priced p left join billed_price b using ({price})
    left join closed c using (tenant_id, currency)
), late as ( -- of months before those asked for, what another month bills
  select s.tenant_id, s.month, s.project_id, l.model_id, l.version_id, l.win, l.batch
  from stretch s join line l using (line) cross join scope c
  where s.month < c.first_month and (s.moved or s.billing_month <> s.month)
), token as (
  select s.tenant_id, s.month, s.moved, s.hour, s.project_id, s.api_key_id, t.line, t.tokens,
    case when t.line = case when s.hit <> 0 and r.hit_line is not null then r.hit_line
      when s.miss <> 0 and r.miss_line is not null then r.miss_line
      when s.reasoning <> 0 and r.reasoning_line is not null then r.reasoning_line
      else r.answer_line end then s.requests end as requests
  from summed s
    left join rate r on r.model_id = s.model_id and r.version_id = s.version_id
      and r.win = s.win and r.batch = s.batch
    cross join lateral (values (r.hit_line, s.hit), (r.miss_line, s.miss),
      (r.reasoning_line, s.reasoning), (r.answer_line, s.answer)) as t(line, tokens)
  where t.tokens <> 0 and t.line is not null
    and (s.month >= date_trunc('month', cast(:from as timestamptz) at time zone 'UTC')::date
      or (s.tenant_id, s.month, s.project_id, s.model_id, s.version_id, s.win, s.batch)
        in (select tenant_id, month, project_id, model_id, version_id, win, batch from late))
), placed as (
  select t.*, coalesce(sum(t.tokens) over (partition by t.tenant_id, t.month, t.project_id, t.line,
      t.moved order by t.hour, t.api_key_id
      rows between unbounded preceding and 1 preceding), 0) as before
  from token t
), piece as (
  select t.tenant_id, t.month, t.moved, t.hour, t.project_id, t.api_key_id, t.line,
    case when t.moved or s.lo <= t.before then t.requests end as requests,
    case when t.moved then t.tokens
      else least(t.before + t.tokens, s.hi) - greatest(t.before, s.lo) end as tokens,
    s.invoice_id, s.line_no, s.billing_month, t.moved or s.billing_month <> t.month as corrects
  from placed t
    left join stretch s on s.tenant_id = t.tenant_id and s.month = t.month
      and s.project_id = t.project_id and s.line = t.line
  where case when t.moved then s.first_line
    else least(t.before + t.tokens, s.hi) > greatest(t.before, s.lo) end
), counted as ( -- where a token stands in its month, of lines with tiers
  select p.*, l.currency, l.card_id, l.model_id, l.version_id, l.sku, l.win, l.unit_pico,
    sum(p.tokens) over w - p.tokens as tier_from,
    sum(p.tokens) over (partition by p.tenant_id, p.month, l.card_id, l.model_id, l.sku, l.win)
      as month_tokens
  from piece p join line l using (line)
  where l.tiered and not p.corrects
  window w as (partition by p.tenant_id, p.month, l.card_id, l.model_id, l.sku, l.win
    order by l.begun_at, l.version_id, p.hour, p.project_id, p.api_key_id,
      coalesce(p.invoice_id, 0)
    rows unbounded preceding)
), tiered as (
  select c.*, coalesce(t.tier, 1) as tier, coalesce(t.unit_pico, c.unit_pico) as paid_pico,
    case when t.tier_kind = 'GRADUATED'
      then least(c.tier_from + c.tokens, t.hi) - greatest(c.tier_from, t.lo)
      else c.tokens end as count,
    case when t.tier_kind = 'GRADUATED' then greatest(c.tier_from, t.lo) - c.tier_from
      else 0 end as shift
  from counted c
    left join tier t on t.version_id = c.version_id and t.model_id = c.model_id
      and t.sku = c.sku and t.win = c.win
      and case when t.tier_kind = 'GRADUATED'
        then least(c.tier_from + c.tokens, t.hi) > greatest(c.tier_from, t.lo)
        else c.month_tokens > t.lo and c.month_tokens <= t.hi end
), drawn as (
  select tenant_id, currency, day, kind, sum(amount) as amount from credit_drawn
  where date_trunc('month', day::timestamp)::date in (select month from months)
  group by 1, 2, 3, 4
), costed as (
  select c.*, c.count * c.paid_pico as cost, d.amount as drawn
  from (
    select p.tenant_id, l.currency, p.month, p.moved, p.hour, p.project_id, p.api_key_id, p.line,
      p.requests, p.invoice_id, p.line_no, p.billing_month, p.corrects, 1 as tier,
      l.unit_pico::numeric as paid_pico, p.tokens as count, 0::numeric as shift
    from piece p left join line l using (line)
    where not l.tiered or p.corrects
    union all
    select tenant_id, currency, month, moved, hour, project_id, api_key_id, line, requests,
      invoice_id, line_no, billing_month, corrects, tier, paid_pico, count, shift
    from tiered) c
    left join drawn d on d.tenant_id = c.tenant_id and d.currency = c.currency
      and d.day = (c.hour at time zone 'UTC')::date and d.kind = 'PAID' and not c.corrects
), covered as ( -- what paid credit covers, which a day's first rows have
  select c.*, greatest(least(c.through, c.drawn) - (c.through - c.cost), 0) as credit
  from (
    select c.*, sum(c.cost) over (partition by c.tenant_id, c.currency,
        (c.hour at time zone 'UTC')::date
      order by c.hour, c.project_id, c.api_key_id, c.line, c.month, coalesce(c.invoice_id, 0),
        c.tier
      rows unbounded preceding) as through
    from costed c
    where c.drawn > 0) c
), usage as ( -- a row that credit pays in part is two: what is covered, and the rest
  select tenant_id, currency, month, moved, hour, project_id, api_key_id, line, invoice_id,
    line_no, billing_month, corrects, tier, paid_pico, 'owed' as side, count as quantity,
    cost as billed, case when shift = 0 then requests end as requests
  from costed
  where (drawn > 0) is not true and count <> 0
  union all
  select c.tenant_id, c.currency, c.month, c.moved, c.hour, c.project_id, c.api_key_id, c.line,
    c.invoice_id, c.line_no, c.billing_month, c.corrects, c.tier, c.paid_pico, s.side, s.quantity,
    case when s.side = 'owed' then c.cost - c.credit else 0 end,
    case when c.shift = 0 and (s.side = 'covered' or n.whole = 0) then c.requests end
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
    coalesce(d.invoice_month, case when coalesce(p.last_month, d.month) <= c.last
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
      from tiered where tier > 1 group by 1, 2, 3, 4, 5, 6, 7) u
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
), charge as (
  select u.tenant_id, u.currency, u.billing_month, u.hour as from_at,
    u.hour + interval '1 hour' as to_at, 'Usage' as category, u.corrects,
    'Usage-Based' as frequency,
    concat('U|', to_char(u.hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24'), '|', u.project_id, '|',
      u.api_key_id, l.id, u.tier, '|',
      case when u.moved then to_char(u.month, 'YYYY-MM') else '' end, '|',
      case when u.corrects then to_char(u.billing_month, 'YYYY-MM') || '/'
        || coalesce(u.invoice_id, 0) else '' end, '|', u.side) collate "C" as charge_id,
    l.description, u.quantity as tokens, u.quantity * 0.000001 as quantity,
    '1000000 Tokens' as unit, u.paid_pico * 0.000001 as unit_price, l.list_price, u.billed,
    u.quantity * u.paid_pico as effective, null::numeric as contracted, l.sku_id, l.meter,
    l.price_kind, l.details, u.project_id, u.api_key_id, u.tier, u.side, u.invoice_id, u.line_no,
    l.version_id, u.requests
  from usage u left join line l using (line)
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
    null, null, null, null, null, null, o.invoice_id, o.line_no, null, null
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
    null, null, null, null
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
    null, null, null, null, null, null, null, null, null, null, null
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
      else 'Carried to the next invoice' end, null, null,
    null, null, null, l.amount, e.earned, e.earned, null, null, null, null, null, null, null, null,
    i.invoice_id, l.line_no, null, null
  from invoice i join invoice_line l using (invoice_id) cross join scope s
    cross join lateral (select case when i.kind = 'INVOICE' then lower(i.period)
        else date_trunc('month', i.issued_at, 'UTC') end at time zone 'UTC') as b(at)
    cross join lateral (select b.at::date) as n(billing_month)
    cross join lateral (select case when l.kind = 'CARRIED' then 0 else l.amount end) as e(earned)
  where i.status = 'finalized' and (l.kind in ('TAX', 'CARRIED') or i.kind = 'CREDIT_NOTE')
    and (s.organization is null or i.tenant_id = s.organization)
    and n.billing_month between s.first_month and s.last_month
), sorted as ( -- before what takes room is written out
  select c.*, i.number, i.checkpoint_size,
    coalesce(i.customer ->> 'name', b.name, 'Organization ' || c.tenant_id) as account_name,
    n.name as project_name,
    coalesce(i.issuer ->> 'name', {issuer}) as issuer
  from charge c cross join scope s
    left join invoice i using (invoice_id)
    left join billing_profile b on b.tenant_id = c.tenant_id
    left join display_name n on n.kind = 'PROJECT' and n.tenant_id = c.tenant_id
      and n.id = c.project_id
  where case when c.corrects or c.from_at < c.billing_month::timestamp at time zone 'UTC'
      then c.billing_month::timestamp at time zone 'UTC' else c.from_at end >= s.from_at
    and case when c.corrects or c.from_at < c.billing_month::timestamp at time zone 'UTC'
      then c.billing_month::timestamp at time zone 'UTC' else c.from_at end < s.to_at
  order by c.tenant_id, c.currency, c.billing_month, c.from_at, c.charge_id
)
select
  trim_scale(billed * 0.000000000001) as "BilledCost",
  tenant_id::text as "BillingAccountId",
  account_name as "BillingAccountName",
  currency::text as "BillingCurrency",
  (billing_month + interval '1 month') at time zone 'UTC' as "BillingPeriodEnd",
  billing_month::timestamp at time zone 'UTC' as "BillingPeriodStart",
  category as "ChargeCategory",
  case when corrects then 'Correction' end as "ChargeClass",
  case when tokens is null then description
    else concat(description, case when tier > 1 then ', tier ' || tier else '' end,
      case when side = 'covered' then ', paid from credit' else '' end,
      case when corrects and tokens < 0 then ', taken back'
        when corrects then ', corrected or late' else '' end) end as "ChargeDescription",
  frequency as "ChargeFrequency",
  to_at as "ChargePeriodEnd",
  from_at as "ChargePeriodStart",
  tokens as "ConsumedQuantity",
  case when tokens is not null then 'Tokens' end as "ConsumedUnit",
  trim_scale(coalesce(unit_price * quantity, contracted * 0.000000000001)) as "ContractedCost",
  trim_scale(unit_price) as "ContractedUnitPrice",
  trim_scale(effective * 0.000000000001) as "EffectiveCost",
  {issuer} as "HostProviderName",
  number || '-' || line_no as "InvoiceDetailId",
  number as "InvoiceId",
  issuer as "InvoiceIssuerName",
  trim_scale(coalesce(list_price * quantity, contracted * 0.000000000001)) as "ListCost",
  trim_scale(list_price) as "ListUnitPrice",
  case when sku_id is not null then 'Standard' end as "PricingCategory",
  trim_scale(quantity) as "PricingQuantity",
  unit as "PricingUnit",
  'AI and Machine Learning' as "ServiceCategory",
  'R1 Inference' as "ServiceName",
  {issuer} as "ServiceProviderName",
  'Generative AI' as "ServiceSubcategory",
  sku_id as "SkuId",
  meter as "SkuMeter",
  details as "SkuPriceDetails",
  sku_id || '-' || price_kind || case when tier > 1 then '-t' || tier else '' end as "SkuPriceId",
  project_id::text as "SubAccountId",
  coalesce(project_name, 'Project ' || project_id) as "SubAccountName",
  '{"r1:ApiKeyId": "' || api_key_id || '"}' as "Tags",
  concat(tenant_id, '|', currency, '|', charge_id) as "x_ChargeId",
  checkpoint_size as "x_CheckpointSize",
  version_id as "x_PriceVersionId",
  requests::bigint as "x_RequestCount"
from sorted
order by tenant_id, currency, billing_month, from_at, charge_id
