package io.r1platform.simulation;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What must hold of the money when every epoch is closed and every grant has ended. That a budget
 * never lends or spends beyond its limit is a check of its table, so it holds after every step.
 */
final class Laws {
  private static final String BROKEN =
      """
      select 'conservation: ' || c.tenant_id || ' on ' || c.day as what
      from billing.conservation c
      where usage_amount <> any (array[hourly_amount, accrued, revenue, daily_accrued,
          daily_revenue]) or usage_requests <> hourly_requests
      union all
      select what from billing.ledger_broken
      union all
      select what from billing.credit_broken
      union all
      select what from billing.budget_broken
      union all
      select 'budget of ' || b.scope || ' ' || b.scope_id || ': spent ' || p.spent || ', overrun '
        || p.overrun || ', usage ' || u.amount
      from billing.budget b
        cross join lateral (
          select coalesce(sum(spent), 0) as spent, coalesce(sum(overrun), 0) as overrun
          from billing.budget_period where budget_id = b.budget_id) p
        cross join lateral (
          select coalesce(sum(amount_pico), 0) as amount from billing.usage_record r
          where r.tenant_id = b.organization_id
            and (b.scope <> 'KEY' or r.api_key_id = b.scope_id)) u
      where p.spent <> u.amount or p.overrun <> 0
      union all
      select 'lease ' || l.lease_id || ' keeps ' || l.granted - l.spent - l.returned || ', held '
        || coalesce(h.amount, 0)
      from billing.lease l left join billing.held_lease h using (lease_id)
      where l.granted - l.spent - l.returned <> coalesce(h.amount, 0)
      union all
      select 'credit of ' || a.tenant_id || ': limit ' || b.limit_pico || ', terms and drawn '
        || a.credit_limit + a.paid + g.drawn
      from billing.credit_account a
        join billing.budget b on b.scope = 'CREDIT' and b.scope_id = a.tenant_id
        cross join lateral (
          select coalesce(sum(amount - remaining), 0) as drawn from billing.credit_grant
          where tenant_id = a.tenant_id) g
      where b.limit_pico <> a.credit_limit + a.paid + g.drawn
      union all
      select 'labels of ' || r.event_id
      from billing.usage_record r full join billing.usage_label l using (bucket, event_id)
      where (l.client_reference, l.end_user, l.metadata::text) is distinct from
        (r.event_id::text, 'user of ' || r.api_key_id, '{"k": "v"}')
      union all
      select 'end users of ' || tenant_id || ', hour ' || hour || ', key ' || api_key_id
      from (
        select tenant_id, hour, api_key_id, requests, amount from billing.usage_hourly
        union all
        select tenant_id, hour, api_key_id, -requests, -amount from billing.usage_hourly_user
        where end_user = 'user of ' || api_key_id) sums
      group by tenant_id, hour, api_key_id
      having sum(requests) <> 0 or sum(amount) <> 0
      """;

  private Laws() {}

  /**
   * What is broken, a line each.
   *
   * @param unleased charges that no lease covered
   */
  static List<String> broken(JdbcClient truth, double unleased) {
    List<String> broken = new ArrayList<>(truth.sql(BROKEN).query(String.class).list());
    if (unleased > 0) {
      broken.add("%.0f charges without a lease".formatted(unleased));
    }
    return broken;
  }
}
