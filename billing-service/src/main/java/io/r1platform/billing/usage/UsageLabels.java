package io.r1platform.billing.usage;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Keeps what callers call their requests, for some time. */
@Component
class UsageLabels {
  private static final Logger LOG = LoggerFactory.getLogger(UsageLabels.class);

  private final JdbcClient jdbc;
  private final LabelSettings settings;
  private final Clock clock;

  UsageLabels(JdbcClient jdbc, LabelSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /** Keeps those of the rows whose ids were inserted. */
  void keep(Collection<UsageTable.Row> rows, Set<UUID> inserted) {
    List<UsageBatch.Item> labelled =
        rows.stream()
            .map(UsageTable.Row::item)
            .filter(item -> !item.labels().isEmpty())
            .filter(item -> inserted.contains(item.record().eventId()))
            .toList();
    if (labelled.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into usage_label (bucket, event_id, client_reference, end_user, metadata)
            select bucket, event_id, client_reference, end_user, metadata::jsonb
            from unnest(?::date[], ?::uuid[], ?::text[], ?::text[], ?::text[])
              as l (bucket, event_id, client_reference, end_user, metadata)
            on conflict do nothing
            """)
        .param(column(labelled, item -> item.record().bucket().toString()))
        .param(column(labelled, item -> item.record().eventId().toString()))
        .param(column(labelled, item -> item.labels().clientReference()))
        .param(column(labelled, item -> item.labels().endUser()))
        .param(column(labelled, item -> item.labels().pairs()))
        .update();
  }

  private static @Nullable String[] column(
      List<UsageBatch.Item> items, Function<UsageBatch.Item, @Nullable String> field) {
    return items.stream().map(field).toArray(String[]::new);
  }

  /** Deletes what is older than it may be, a day at a time. Returns how many rows. */
  @Scheduled(cron = "0 45 3 * * *", zone = "UTC")
  int forget() {
    LocalDate first =
        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(settings.keepDays());
    try {
      return forget(
              """
              delete from usage_label where bucket = (
                select min(bucket) from usage_label where bucket < ?::date)
              """,
              first)
          + forget(
              """
              delete from usage_held_label where day = (
                select min(day) from usage_held_label where day < ?::date)
              """,
              first)
          + forget(
              """
              delete from usage_hourly_user where hour = (
                select min(hour) from usage_hourly_user
                where hour < ?::timestamp at time zone 'UTC')
              """,
              first);
    } catch (DataAccessException e) {
      LOG.error("Old labels are still there; the next night tries again", e);
      return 0;
    }
  }

  private int forget(String oldest, LocalDate first) {
    int all = 0;
    int deleted;
    do {
      deleted = jdbc.sql(oldest).param(first.toString()).update();
      all += deleted;
    } while (deleted > 0);
    return all;
  }
}
