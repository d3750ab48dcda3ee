-- Until when the limit of a hard budget holds, so that nothing is lent of an increase that is over.
update budget_period p set limit_until = (
  select min(i.expires_at) from budget_increase i
  where i.budget_id = p.budget_id and not i.ended)
from budget b
where b.budget_id = p.budget_id and b.hard and b.scope <> 'CREDIT'
  and (upper_inf(p.period) or upper(p.period) > now());

comment on column budget_period.limit_until is
  'the first end of a grant or an increase that limit_pico counts; null: none ends';
