-- When part of what an organization may spend ends, so that nothing is lent beyond that moment.
alter table budget_period add column limit_until timestamptz null;
comment on column budget_period.limit_until is
  'CREDIT: the first end of a grant that limit_pico counts; null: it ends not';

update budget_period p set limit_until = (
  select min(g.expires_at) from credit_grant g
  where g.tenant_id = b.organization_id and g.remaining > 0)
from budget b where b.budget_id = p.budget_id and b.scope = 'CREDIT';
