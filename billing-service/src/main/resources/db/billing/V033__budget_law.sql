-- Every contradiction between budget periods and their leases; empty is right. What is spent beside
-- leases (soft budgets, late and unleased charges) has no counterpart, so only what is leased is
-- compared; spent + leased <= limit is a check of the table.
create view budget_broken as
  select 'budget period ' || p.period_id || ': leased ' || p.leased || ', its leases hold '
    || coalesce(l.held, 0) as what
  from budget_period p
    left join (select period_id, sum(granted - spent - returned) as held from lease group by 1) l
      using (period_id)
  where p.leased <> coalesce(l.held, 0);

grant select on budget_broken to r1_billing;
