package io.r1platform.api.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes down that somebody who runs the site looked into a tenant's data: one row of the trail for
 * each actor, tenant, area and hour, over all replicas.
 */
@Component
public class Looks {
  /** In place of an organization: all of the site at once, which stands in the site's chain. */
  public static final long ALL = 0;

  private static final Duration KEPT = Duration.ofDays(1);

  private final JdbcClient jdbc;
  private final AuditTrail trail;
  private final Clock clock;

  Looks(JdbcClient jdbc, AuditTrail trail, Clock clock) {
    this.jdbc = jdbc;
    this.trail = trail;
    this.clock = clock;
  }

  /**
   * Notes one, unless this hour has it already. Blocking.
   *
   * @param organization that exists, or {@link #ALL}
   * @param area what was looked at, as the permission for it is called
   */
  @Transactional
  public void note(Actor actor, long organization, String area) {
    Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    int fresh =
        jdbc.sql(
                """
                insert into operator_look (hour, actor, organization_id, area)
                values (:hour, :actor, :organization, :area) on conflict do nothing\
                """)
            .param("hour", hour.atOffset(ZoneOffset.UTC))
            .param("actor", actor.name())
            .param("organization", organization)
            .param("area", area)
            .update();
    if (fresh == 0) {
      return;
    }
    jdbc.sql("delete from operator_look where hour < :old")
        .param("old", hour.minus(KEPT).atOffset(ZoneOffset.UTC))
        .update();
    Long whose = organization == ALL ? null : Long.valueOf(organization);
    trail.record(actor, new Change("operator.looked", "area", area, whose, null, null));
  }
}
