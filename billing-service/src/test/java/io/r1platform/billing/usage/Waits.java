package io.r1platform.billing.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks fifty times a second at what billing's connections do: {@code postgres} works, {@code
 * client} is waited for in the middle of a transaction, anything else is PostgreSQL's own wait
 * event, for instance {@code WalSync}. Connections that are out of use do not count.
 */
final class Waits implements AutoCloseable {
  private static final long EVERY_MILLIS = 20;
  private static final int NAMED = 5;
  private static final String LOOK =
      """
      select case when wait_event = 'ClientRead' then 'client'
        else coalesce(wait_event, 'postgres') end
      from pg_stat_activity
      where usename = 'r1_billing' and state in ('active', 'idle in transaction')
      """;

  private final List<String> seen = new ArrayList<>();
  private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();

  /** Begins to look, through {@code superuser}, who sees all. */
  Waits(JdbcClient superuser) {
    var _ =
        looks.scheduleAtFixedRate(
            () -> seen.addAll(superuser.sql(LOOK).query(String.class).list()),
            0,
            EVERY_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Ends it. */
  @Override
  public void close() {
    looks.close();
  }

  /** Percent of what was seen, the most frequent first: {@code postgres:61,client:30,WalSync:9}. */
  String shares() {
    Map<String, Long> counts =
        seen.stream().collect(Collectors.groupingBy(what -> what, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(NAMED)
        .map(
            what ->
                String.format(
                    Locale.ROOT, "%s:%.0f", what.getKey(), 100.0 * what.getValue() / seen.size()))
        .collect(Collectors.joining(","));
  }
}
