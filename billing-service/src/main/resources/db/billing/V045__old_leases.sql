-- Lets leases go whose totals nobody needs any more; their period has the sums. The service may not
-- delete; this is the only way. Nothing can be charged to a lease that is neither held by a gateway
-- nor named by a record which a person may yet confirm, and no answer names it after its period.
create function drop_old_leases() returns int
language sql security definer set search_path = billing, pg_temp as $$
  with dropped as (
    delete from lease where lease_id in (
      select l.lease_id
      from lease l join budget_period p using (period_id) join usage_stream s
        on s.source = 'gateway' and (s.replica_id, s.epoch) = (l.replica_id, l.epoch)
      where not l.holds and s.closed and upper(p.period) <= now() - interval '36 days'
        and l.lease_id not in (
          select unnest(leases) from usage_held where resolved is null and leases is not null)
      order by l.lease_id limit 50000
      for update of l skip locked)
    returning lease_id)
  select count(*)::int from dropped
$$;
revoke all on function drop_old_leases() from public;
grant execute on function drop_old_leases() to r1_billing;
