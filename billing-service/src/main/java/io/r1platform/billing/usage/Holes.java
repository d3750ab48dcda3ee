package io.r1platform.billing.usage;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.AfterCommit;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records that a database lost after it had acknowledged them: their stream cannot go on by itself.
 * A person gives up exactly the missing numbers, by name; the requests are settled as lost, free,
 * by the gateway that still has their ADMIT.
 */
@Component
class Holes {
  private static final Logger LOG = LoggerFactory.getLogger(Holes.class);

  private record Gap(long nextSeq, long gapSeq) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Holes(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Gives up the numbers from {@code first} to {@code last}; twice is as once.
   *
   * @throws ServiceException {@code no_such_gap} unless these are exactly the numbers that the
   *     stream is missing: from the expected one to the last before what was sent
   */
  @Transactional
  public void settle(UsageBatch.Stream stream, long first, long last, String why, String by) {
    if (isSettled(stream, first, last)) {
      return;
    }
    Gap gap =
        jdbc.sql(
                """
                select next_seq, gap_seq from ingest_hwm
                where (source, replica_id, epoch) = (?, ?, ?) and gap_seq is not null for update
                """)
            .params(stream.source(), stream.replica(), stream.epoch())
            .query(Gap.class)
            .optional()
            .orElseThrow(() -> ServiceException.noSuchGap("this stream is missing nothing."));
    if (first != gap.nextSeq || last != gap.gapSeq - 1) {
      throw ServiceException.noSuchGap(
          "missing are %d to %d.".formatted(gap.nextSeq, gap.gapSeq - 1));
    }
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    jdbc.sql("insert into usage_hole values (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(stream.source(), stream.replica(), stream.epoch(), first, last, by, why, now)
        .update();
    jdbc.sql(
            """
            update ingest_hwm set next_seq = ?, gap_since = null, gap_seq = null
            where (source, replica_id, epoch) = (?, ?, ?)
            """)
        .params(last + 1, stream.source(), stream.replica(), stream.epoch())
        .update();
    AfterCommit.say(
        () ->
            LOG.warn(
                "Records {} to {} of {} were given up by {}: {}", first, last, stream, by, why));
  }

  /** Those of the items whose numbers were given up. */
  List<UsageBatch.Item> givenUp(UsageBatch.Stream stream, List<UsageBatch.Item> items) {
    List<long[]> holes =
        jdbc.sql(
                """
                select first_seq, last_seq from usage_hole
                where (source, replica_id, epoch) = (?, ?, ?) and first_seq <= ? and last_seq >= ?
                """)
            .params(stream.source(), stream.replica(), stream.epoch())
            .params(items.getLast().seq(), items.getFirst().seq())
            .query((row, n) -> new long[] {row.getLong(1), row.getLong(2)})
            .list();
    return items.stream()
        .filter(item -> holes.stream().anyMatch(h -> h[0] <= item.seq() && item.seq() <= h[1]))
        .toList();
  }

  private boolean isSettled(UsageBatch.Stream stream, long first, long last) {
    return jdbc.sql(
                """
                select count(*) from usage_hole
                where (source, replica_id, epoch, first_seq, last_seq) = (?, ?, ?, ?, ?)
                """)
            .params(stream.source(), stream.replica(), stream.epoch(), first, last)
            .query(Long.class)
            .single()
        == 1;
  }
}
