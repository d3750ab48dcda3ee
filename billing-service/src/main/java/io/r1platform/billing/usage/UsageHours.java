package io.r1platform.billing.usage;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The sums by hour, and of requests whose callers said for whom they asked also by that end user.
 * They go in by key, so that two batches never wait for each other in a circle.
 */
@Component
class UsageHours {
  private static final long HOUR_MICROS = 3_600_000_000L;

  private record Key(
      long tenant,
      long hour,
      long project,
      long apiKey,
      int model,
      long version,
      int window,
      boolean batch,
      String endUser) {}

  private static final Comparator<Key> ORDER =
      Comparator.comparingLong(Key::tenant)
          .thenComparingLong(Key::hour)
          .thenComparingLong(Key::project)
          .thenComparingLong(Key::apiKey)
          .thenComparingInt(Key::model)
          .thenComparingLong(Key::version)
          .thenComparingInt(Key::window)
          .thenComparing(Key::batch)
          .thenComparing(Key::endUser);

  private static final class Sums {
    private long requests;
    private long hit;
    private long miss;
    private long reasoning;
    private long answer;
    private long waivedIn;
    private long waivedOut;
    private long cancelled;
    private BigInteger amount = BigInteger.ZERO;
    private long small;

    void add(UsageRecord record) {
      requests++;
      hit += record.hit();
      miss += record.miss();
      reasoning += record.reasoning();
      answer += record.answer();
      waivedIn += record.waivedIn();
      waivedOut += record.waivedOut();
      cancelled += record.isCancelled() ? 1 : 0;
      if (record.amountPico() > Long.MAX_VALUE - small) {
        amount = amount.add(BigInteger.valueOf(small));
        small = 0;
      }
      small += record.amountPico();
    }

    BigInteger amount() {
      return amount.add(BigInteger.valueOf(small));
    }
  }

  private final JdbcClient jdbc;

  UsageHours(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Adds those of the rows whose ids were inserted. */
  void add(Collection<UsageTable.Row> rows, Set<UUID> inserted) {
    var sums = new TreeMap<Key, Sums>(ORDER);
    var byUser = new TreeMap<Key, Sums>(ORDER);
    for (UsageTable.Row row : rows) {
      UsageRecord r = row.item().record();
      if (inserted.contains(r.eventId())) {
        sums.computeIfAbsent(key(row, ""), k -> new Sums()).add(r);
        String endUser = row.item().labels().endUser();
        if (endUser != null) {
          byUser.computeIfAbsent(key(row, endUser), k -> new Sums()).add(r);
        }
      }
    }
    upsert("usage_hourly", "", sums);
    if (!byUser.isEmpty()) {
      upsert("usage_hourly_user", ", end_user", byUser);
    }
  }

  private static Key key(UsageTable.Row row, String endUser) {
    UsageRecord r = row.item().record();
    return new Key(
        r.tenantId(),
        Math.floorDiv(r.admittedMicros(), HOUR_MICROS),
        r.projectId(),
        r.keyId(),
        r.modelId(),
        row.version().versionId(),
        r.window(),
        r.isBatch(),
        endUser);
  }

  private void upsert(String table, String alsoBy, Map<Key, Sums> sums) {
    jdbc.sql(
            """
            insert into %1$s as h (tenant_id, hour, project_id, api_key_id, model_id, version_id,
              win, batch, requests, tok_hit, tok_miss, tok_reason, tok_answer, waived_in,
              waived_out, cancelled, amount%2$s)
            select tenant_id, hour, project_id, api_key_id, model_id, version_id, win, batch,
              requests, tok_hit, tok_miss, tok_reason, tok_answer, waived_in, waived_out,
              cancelled, amount%2$s
            from unnest(?::bigint[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::int[],
              ?::bigint[], ?::int[], ?::boolean[], ?::bigint[], ?::bigint[], ?::bigint[],
              ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::numeric[],
              ?::text[])
              as s (tenant_id, hour, project_id, api_key_id, model_id, version_id, win, batch,
                requests, tok_hit, tok_miss, tok_reason, tok_answer, waived_in, waived_out,
                cancelled, amount, end_user)
            on conflict (tenant_id, hour, project_id, api_key_id, model_id, version_id, win, batch
              %2$s)
            do update set
              requests = h.requests + excluded.requests,
              tok_hit = h.tok_hit + excluded.tok_hit,
              tok_miss = h.tok_miss + excluded.tok_miss,
              tok_reason = h.tok_reason + excluded.tok_reason,
              tok_answer = h.tok_answer + excluded.tok_answer,
              waived_in = h.waived_in + excluded.waived_in,
              waived_out = h.waived_out + excluded.waived_out,
              cancelled = h.cancelled + excluded.cancelled,
              amount = h.amount + excluded.amount
            """
                .formatted(table, alsoBy))
        .param(keys(sums, Key::tenant))
        .param(keys(sums, key -> Instant.ofEpochSecond(key.hour * 3_600)))
        .param(keys(sums, Key::project))
        .param(keys(sums, Key::apiKey))
        .param(keys(sums, Key::model))
        .param(keys(sums, Key::version))
        .param(keys(sums, Key::window))
        .param(keys(sums, Key::batch))
        .param(values(sums, sum -> sum.requests))
        .param(values(sums, sum -> sum.hit))
        .param(values(sums, sum -> sum.miss))
        .param(values(sums, sum -> sum.reasoning))
        .param(values(sums, sum -> sum.answer))
        .param(values(sums, sum -> sum.waivedIn))
        .param(values(sums, sum -> sum.waivedOut))
        .param(values(sums, sum -> sum.cancelled))
        .param(values(sums, Sums::amount))
        .param(sums.keySet().stream().map(Key::endUser).toArray(String[]::new))
        .update();
  }

  private static String keys(Map<Key, Sums> sums, Function<Key, Object> column) {
    return array(sums.keySet(), column);
  }

  private static String values(Map<Key, Sums> sums, Function<Sums, Object> column) {
    return array(sums.values(), column);
  }

  /** A PostgreSQL array literal of numbers, times or truths. */
  private static <T> String array(Collection<T> rows, Function<T, Object> column) {
    var text = new StringBuilder("{");
    for (T row : rows) {
      text.append(text.length() == 1 ? "" : ",").append(column.apply(row));
    }
    return text.append('}').toString();
  }
}
