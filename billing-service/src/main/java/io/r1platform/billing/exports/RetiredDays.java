package io.r1platform.billing.exports;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Days whose records retention has taken out of the database. Files in a target that were written
 * before have them, and are never replaced by files that have not.
 */
@Component
class RetiredDays {
  private final JdbcClient jdbc;

  RetiredDays(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether records of the scope have left, as of now. */
  boolean has(Scope scope) {
    return scope.dataset().losesOldDays()
        && jdbc.sql(
                """
                select exists (select from usage_retired_tenant
                  where admitted_on >= (cast(:from as timestamptz) at time zone 'UTC')::date
                    and admitted_on < cast(:to as timestamptz) at time zone 'UTC'
                    and (cast(:tenant as bigint) is null or tenant_id = :tenant))
                  or exists (select from usage_correction k -- a table of their own counts these
                  where k.admitted_on >= (cast(:from as timestamptz) at time zone 'UTC')::date
                    and k.admitted_on < cast(:to as timestamptz) at time zone 'UTC'
                    and (cast(:tenant as bigint) is null or k.tenant_id = :tenant)
                    and not exists (select from usage_record u
                      where u.bucket = k.bucket and u.event_id = k.event_id))
                """)
            .param("from", utc(scope.from()))
            .param("to", utc(scope.to()))
            .param("tenant", scope.organizationId())
            .query(Boolean.class)
            .single();
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
