-- Lets periods, alerts and their deliveries go 400 days after their end, so that the same month of
-- last year can still be looked at. The service may not delete; this is the only way. A period with
-- a lease or an alert stays; without an end it stays for ever, and only alerts of it go that were
-- rearmed (of a rolling budget) since.
create index on budget_alert (created_at);
create index on budget_alert (period_id);
create index budget_period_ended on budget_period (upper(period)) where not upper_inf(period);

create function drop_old_periods() returns int
language plpgsql security definer set search_path = billing, pg_temp as $$
declare
  before timestamptz := now() - interval '400 days';
  dropped int;
  more int;
begin
  delete from webhook_delivery where (alert_id, target_id) in (
    select d.alert_id, d.target_id
    from budget_alert a join webhook_delivery d using (alert_id)
    where a.created_at <= before and d.next_at is null
    order by d.alert_id, d.target_id limit 5000
    for update of d skip locked);
  get diagnostics dropped = row_count;

  delete from budget_alert where alert_id in (
    select a.alert_id
    from budget_alert a join budget_period p using (period_id)
    where a.created_at <= before and (a.rearmed_at <= before or upper(p.period) <= before)
      and not exists (select from webhook_delivery d where d.alert_id = a.alert_id)
    order by a.alert_id limit 5000
    for update of a skip locked);
  get diagnostics more = row_count;
  dropped := dropped + more;

  delete from budget_period where period_id in (
    select p.period_id
    from budget_period p
    where upper(p.period) <= before and not upper_inf(p.period) and p.leased = 0
      and not exists (select from lease l where l.period_id = p.period_id)
      and not exists (select from budget_alert a where a.period_id = p.period_id)
      and not exists (select from budget_hour h where h.period_id = p.period_id)
    order by p.period_id limit 5000
    for update of p skip locked);
  get diagnostics more = row_count;
  return dropped + more;
end
$$;
revoke all on function drop_old_periods() from public;
grant execute on function drop_old_periods() to r1_billing;

-- As in V045, but of a period without an end (credit, rolling budgets) too, 36 days after its stream
-- was closed: nobody may lend or charge under that epoch any more.
create or replace function drop_old_leases() returns int
language sql security definer set search_path = billing, pg_temp as $$
  with dropped as (
    delete from lease where lease_id in (
      select l.lease_id
      from lease l join budget_period p using (period_id) join usage_stream s
        on s.source = 'gateway' and (s.replica_id, s.epoch) = (l.replica_id, l.epoch)
      where not l.holds and s.closed
        and (upper(p.period) <= now() - interval '36 days'
          or upper_inf(p.period) and s.seen_at <= now() - interval '36 days')
        and l.lease_id not in (
          select unnest(leases) from usage_held where resolved is null and leases is not null)
      order by l.lease_id limit 5000
      for update of l skip locked)
    returning lease_id)
  select count(*)::int from dropped
$$;
