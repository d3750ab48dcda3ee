package io.r1platform.billing.names;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Keeps of each project and API key the newest name. */
@Component
class DisplayNames {
  private static final Logger LOG = LoggerFactory.getLogger(DisplayNames.class);

  private final JdbcClient jdbc;

  DisplayNames(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes what is a name, in one statement and in one order, so that gateways do not wait for one
   * another in a circle. One that cannot be kept holds up no other. Returns how many those were.
   */
  int take(List<DisplayName> names) {
    List<DisplayName> valid = names.stream().filter(DisplayName::isValid).toList();
    jdbc.sql(
            """
            insert into display_name as known (kind, tenant_id, id, name, seq)
            select distinct on (kind, tenant_id, id) kind, tenant_id, id, name, seq
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[])
              as said (kind, tenant_id, id, name, seq)
            order by kind, tenant_id, id, seq desc
            on conflict (kind, tenant_id, id) do update set name = excluded.name,
              seq = excluded.seq where known.seq < excluded.seq
            """)
        .param(column(valid, DisplayName::kind))
        .param(column(valid, DisplayName::organizationId))
        .param(column(valid, DisplayName::id))
        .param(column(valid, DisplayName::name))
        .param(column(valid, DisplayName::seq))
        .update();
    int refused = names.size() - valid.size();
    if (refused > 0) {
      LOG.error("{} of {} names of projects and API keys were refused", refused, names.size());
    }
    return refused;
  }

  private static @Nullable String[] column(
      List<DisplayName> names, Function<DisplayName, @Nullable String> member) {
    return names.stream().map(member).toArray(String[]::new);
  }
}
