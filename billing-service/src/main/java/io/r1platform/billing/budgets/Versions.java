package io.r1platform.billing.budgets;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the changes to budgets of an organization, so that gateways know when to ask again. */
@Component
class Versions {
  /** An organization and its version. */
  record Version(long organization, long version) {}

  private final JdbcClient jdbc;

  Versions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Notes a change; the last thing in a transaction, since it locks the organization's row. */
  void bump(Collection<Long> organizations) {
    jdbc.sql(
            """
            insert into budget_version as v (organization_id, version)
            select distinct o, 1 from unnest(?::bigint[]) as o order by o
            on conflict (organization_id) do update set version = v.version + 1
            """)
        .param(Literal.array(organizations))
        .update();
  }

  /** The version now; 0 before the first change. */
  long of(long organization) {
    return jdbc.sql("select version from budget_version where organization_id = ?")
        .param(organization)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** Those whose version is not the one given. */
  List<Version> changed(Map<Long, Long> known) {
    if (known.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            select k.organization, coalesce(v.version, 0) as version
            from unnest(?::bigint[], ?::bigint[]) as k(organization, version)
              left join budget_version v on v.organization_id = k.organization
            where coalesce(v.version, 0) <> k.version
            order by k.organization
            """)
        .param(Literal.array(known.keySet()))
        .param(Literal.array(known.values()))
        .query((row, number) -> new Version(row.getLong(1), row.getLong(2)))
        .list();
  }
}
