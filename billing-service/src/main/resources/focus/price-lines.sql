  -- The prices of a token and their words: few, so later rows have one by its number.
tier as (
  select p.version_id, p.model_id, p.sku, p.win, p.tier_kind, t.ord::int as tier,
    (t.step ->> 'from')::numeric as lo,
    coalesce(lead((t.step ->> 'from')::numeric) over (partition by p.version_id, p.model_id, p.sku,
      p.win order by t.ord), 'Infinity') as hi,
    (t.step ->> 'unit_pico')::numeric as unit_pico
  from price p cross join lateral jsonb_array_elements(
    jsonb_build_array(jsonb_build_object('from', '0', 'unit_pico', p.unit_pico::text))
      || p.tiers) with ordinality as t(step, ord)
  where p.tier_kind in ('GRADUATED', 'VOLUME')
), window_kind as (
  select version_id, bool_and(code like 'off%') as all_off, bool_and(code not like 'off%') as all_on
  from price_window group by 1
), line as ( -- a price of one token and its words, by a number in the order of an hour's rows
  select row_number() over (order by u.model_id, u.version_id, u.win, b.batch, x.ord) as line,
    c.currency, c.card_id, u.model_id, u.version_id, lower(v.valid) as begun_at, u.win, u.sku,
    b.batch, x.ord, u.unit_pico,
    (c.card_id, u.model_id, u.sku, u.win) in (
      select tv.card_id, t.model_id, t.sku, t.win
      from tier t join rate_card_version tv using (version_id)) as tiered,
    concat('|', m.name, '|', u.version_id, '|', u.win, '|', u.sku, '|') as id,
    concat(m.name, ', ', x.label, case when b.batch then ', batch' else '' end,
      case when w.code is not null then ', window ' || w.code else '' end) as description,
    coalesce(p.list_pico, l.list_pico / 2 + l.list_pico % 2) * 0.000001 as list_price,
    concat(m.name, '-', x.word, case when b.batch then '-batch' else '' end) as sku_id,
    concat(x.meter, case when b.batch then ', Batch' else '' end) as meter,
    case when w.code like 'off%' then 'offpeak' when w.code is not null then 'peak'
      when k.all_on then 'offpeak' when k.all_off then 'peak' else 'ondemand' end as price_kind,
    jsonb_strip_nulls(jsonb_build_object(
      'x_ModelDeveloper', case when m.name like 'deepseek%' then 'DeepSeek' end,
      'x_ModelFamily', case when m.name like 'deepseek-r1%' then 'DeepSeek-R1'
        when m.name like 'r1-nano%' then 'R1-Nano' end,
      'x_ModelId', m.name, 'x_OutputKind', x.output_kind,
      'x_TokenCacheAction', x.cache_action, 'x_TokenDirection', x.direction))::text as details
  from unit_price u join rate_card_version v using (version_id) join rate_card c using (card_id)
    join model m on m.model_id = u.model_id
    cross join lateral (select u.sku like '%\_BATCH' as batch) b
    join (values
      ('HIT', 1, 'hit', 'Input Tokens (Cache Hit)', 'input found in the cache', 'Input', 'Read',
        null),
      ('MISS', 2, 'miss', 'Input Tokens (Cache Miss)', 'input', 'Input', 'Uncached', null),
      ('REASONING', 3, 'reasoning', 'Reasoning Output Tokens', 'reasoning', 'Output', null,
        'Reasoning'),
      ('ANSWER', 4, 'output', 'Answer Output Tokens', 'answer', 'Output', null, 'Answer'))
      as x(kind, ord, word, meter, label, direction, cache_action, output_kind)
      on u.sku = x.kind || case when b.batch then '_BATCH' else '' end
    left join price p on p.version_id = u.version_id and p.model_id = u.model_id
      and p.win = u.win and p.sku = u.sku
    left join price l on l.version_id = u.version_id and l.model_id = u.model_id
      and l.win = u.win and l.sku = x.kind
    left join price_window w on w.version_id = u.version_id and w.win = u.win
    left join window_kind k on k.version_id = u.version_id
), rate as ( -- the four lines of a version
  select model_id, version_id, win, batch, max(line) filter (where ord = 1) as hit_line,
    max(line) filter (where ord = 2) as miss_line,
    max(line) filter (where ord = 3) as reasoning_line,
    max(line) filter (where ord = 4) as answer_line
  from line group by 1, 2, 3, 4
)
