-- UTC months whose charges were changed late, by a confirmed record or a re-rating, and when: their
-- tiers and commitments are to follow, however old they are.
create view touched_month as
  select date_trunc('month', admitted_on::timestamp)::date as month, h.resolved_at as at
  from usage_correction k join usage_held h using (held_id)
  union all
  select m.month::date, r.done_at
  from rerating r
    cross join lateral generate_series(date_trunc('month', r.from_at at time zone 'UTC'),
      r.to_at at time zone 'UTC' - interval '1 microsecond', interval '1 month') as m(month);

grant select on touched_month to r1_billing;
