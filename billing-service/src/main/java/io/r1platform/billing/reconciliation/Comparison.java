package io.r1platform.billing.reconciliation;

import io.r1platform.billing.money.Dollars;
import io.r1platform.billing.pages.ListPage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The queries: by UTC day of the request's id, first day included, last excluded. */
@Component
class Comparison {
  /** Rows of the two lists in one answer; the sums are over all. */
  static final int MOST_LISTED = 1_000;

  private static final UUID FIRST_ID = new UUID(0, 0);
  private static final UUID LAST_ID = new UUID(-1, -1);
  private static final String DAYS = "bucket >= :from and bucket < :to";
  private static final String CORRECTED =
      """
      from usage_correction where (admitted_on >= :from and admitted_on < :to
        or effective_on >= :from and effective_on < :to)
      """;
  private static final String RETIRED_DAYS = "day >= :from and day < :to";

  /** Requests and tokens; {@code pico} is 0 where no money is meant. */
  record Sum(BigInteger requests, BigInteger input, BigInteger output, BigInteger pico) {
    static Sum read(ResultSet row) throws SQLException {
      return new Sum(
          integer(row, "requests"),
          integer(row, "input"),
          integer(row, "output"),
          integer(row, "pico"));
    }
  }

  /** Tokens that the rule explains: the engine's count less the charged one. */
  record Waived(String cause, Sum sum) {}

  /**
   * A request of which engine and gateway differ.
   *
   * @param what the cause that explains it; null: nothing does
   * @param held whether its usage record is held and nobody has decided
   */
  record Mismatch(
      UUID eventId,
      @Nullable String what,
      boolean hasEngine,
      boolean hasUsage,
      boolean held,
      BigInteger engineInput,
      BigInteger engineOutput,
      BigInteger usageInput,
      BigInteger usageOutput,
      BigInteger pico) {
    /** What differs, in words. */
    String difference() {
      if (held) {
        return "engine receipt of a held record that nobody has decided";
      }
      if (!hasUsage) {
        return "engine receipt without usage record";
      }
      if (!hasEngine) {
        return "usage record without engine receipt";
      }
      return engineInput.equals(usageInput) && engineOutput.equals(usageOutput)
          ? "engine and usage count cache hits or reasoning differently"
          : "engine and usage count differently";
    }

    static Mismatch read(ResultSet row) throws SQLException {
      return new Mismatch(
          row.getObject("event_id", UUID.class),
          row.getString("what"),
          row.getBoolean("has_engine"),
          row.getBoolean("has_usage"),
          row.getBoolean("held"),
          integer(row, "engine_input"),
          integer(row, "engine_output"),
          integer(row, "usage_input"),
          integer(row, "usage_output"),
          integer(row, "amount_pico"));
    }
  }

  /** A held record that a person rejected. */
  record Rejected(
      UUID eventId, String note, BigInteger input, BigInteger output, BigInteger pico) {}

  private final JdbcClient jdbc;

  Comparison(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Sum engine(LocalDate from, LocalDate to) {
    return sum(
        """
        select count(distinct event_id) as requests, coalesce(sum(tok_hit + tok_miss), 0) as input,
          coalesce(sum(tok_out), 0) as output, 0 as pico
        from engine_attempt where %s
        union all
        select engine_requests, engine_input, engine_output, 0 from usage_retired where %s
        """,
        from, to);
  }

  Sum usage(LocalDate from, LocalDate to) {
    return sum(
        """
        select count(*) as requests, coalesce(sum(tok_hit + tok_miss), 0) as input,
          coalesce(sum(tok_reason + tok_answer), 0) as output,
          coalesce(sum(amount_pico), 0) as pico
        from charged_request where %s
        union all
        select requests, input, output, amount from usage_retired where %s
        """,
        from, to);
  }

  List<Waived> waived(LocalDate from, LocalDate to) {
    return days(
            """
            select what, count(*) as requests, sum(engine_input - usage_input) as input,
              sum(engine_output - usage_output) as output, 0 as pico
            from usage_mismatch_in(:from, :to, :first, :last)
            where what is not null group by what
            union all
            select 'RETIRED', waived_requests, waived_input, waived_output, 0
            from usage_retired where day >= :from and day < :to and waived_requests > 0
            order by what
            """,
            from,
            to)
        .query((row, n) -> new Waived(row.getString("what"), Sum.read(row)))
        .list();
  }

  /** Those that the rule explains, or those that it does not; newest first. */
  List<Mismatch> mismatches(boolean explained, LocalDate from, LocalDate to) {
    return days(
            """
            select * from usage_mismatch_in(:from, :to, :first, :last)
            where (what is not null) = :explained
            order by event_id desc limit :limit
            """,
            from,
            to)
        .param("explained", explained)
        .param("limit", MOST_LISTED)
        .query((row, n) -> Mismatch.read(row))
        .list();
  }

  /** Unexplained differences of requests whose ids were minted between two moments. */
  List<UUID> unexplained(Instant from, Instant to) {
    return jdbc.sql(
            """
            select event_id from usage_mismatch_in(:from, :to, :first, :last) where what is null
            order by event_id limit :limit
            """)
        .param("from", LocalDate.ofInstant(from, ZoneOffset.UTC))
        .param("to", LocalDate.ofInstant(to, ZoneOffset.UTC).plusDays(1))
        .param("first", new UUID(from.toEpochMilli() << 16, 0))
        .param("last", new UUID(to.toEpochMilli() << 16 | 0xffff, -1))
        .param("limit", MOST_LISTED)
        .query(UUID.class)
        .list();
  }

  /** Records that were held and rejected: the journal has them and nobody pays them. */
  List<Rejected> rejected(LocalDate from, LocalDate to) {
    return days(
            """
            select * from held_rejected where bucket >= :from and bucket < :to order by held_id
            """,
            from,
            to)
        .query(
            (row, n) ->
                new Rejected(
                    row.getObject("event_id", UUID.class),
                    "rejected by %s: %s"
                        .formatted(row.getString("resolved_by"), row.getString("resolved_why")),
                    integer(row, "input"),
                    integer(row, "output"),
                    integer(row, "pico")))
        .list();
  }

  /** Each request once, and only if it is neither charged nor undecided as another record says. */
  Sum rejectedSum(LocalDate from, LocalDate to) {
    return held("held_unpaid", from, to);
  }

  /** Held records of the days that nobody has decided: the journal has them, usage not yet. */
  Sum undecided(LocalDate from, LocalDate to) {
    return held("held_undecided", from, to);
  }

  private Sum held(String view, LocalDate from, LocalDate to) {
    String sql =
        """
        select count(*) as requests, coalesce(sum(input), 0) as input,
          coalesce(sum(output), 0) as output, coalesce(sum(pico), 0) as pico
        from %s where bucket >= :from and bucket < :to
        """
            .formatted(view);
    return days(sql, from, to).query((row, n) -> Sum.read(row)).single();
  }

  /** How many {@link #corrections} there are. */
  BigInteger corrected(LocalDate from, LocalDate to) {
    return days("select count(*) " + CORRECTED, from, to).query(BigInteger.class).single();
  }

  /**
   * Records that were confirmed late, with the day under which the ledger has them: those of a page
   * and one more, the last held first.
   */
  List<ReconciliationController.Correction> corrections(
      LocalDate from, LocalDate to, ListPage page) {
    return days("select * " + CORRECTED + "and " + page.following("held_id", true), from, to)
        .query(
            (row, n) ->
                new ReconciliationController.Correction(
                    row.getString("event_id"),
                    row.getString("held_id"),
                    row.getObject("admitted_on", LocalDate.class),
                    row.getObject("effective_on", LocalDate.class),
                    Dollars.of(row.getLong("amount_pico"))))
        .list();
  }

  /**
   * Revenue from requests of the days in pico-dollars. A charge is posted on the day of its
   * admission, which is the day of its id; what was confirmed late is posted later and counted here
   * on the day of its admission.
   */
  BigInteger revenue(LocalDate from, LocalDate to) {
    return days(
            """
            select (select coalesce(-sum(amount), 0) from posted_entry
                where account = 'revenue' and kind = 'USAGE'
                  and effective_on >= :from and effective_on < :to)
              + (select coalesce(sum(amount_pico), 0) from usage_correction
                where admitted_on >= :from and admitted_on < :to)
              - (select coalesce(sum(amount_pico), 0) from usage_correction
                where effective_on >= :from and effective_on < :to)
            """,
            from,
            to)
        .query(BigDecimal.class)
        .single()
        .toBigIntegerExact();
  }

  /** Days and tenants where usage, sums and ledger are not all equal, in words. */
  List<String> lawBroken(LocalDate from, LocalDate to) {
    return days(
            """
            select * from conservation_in(:from, :to)
            where usage_requests <> hourly_requests
              or usage_amount <> any (array[hourly_amount, accrued, revenue, daily_accrued,
                daily_revenue])
            order by day, tenant_id
            """,
            from,
            to)
        .query(
            (row, n) ->
                "organization %s on %s: usage %s, by hour %s, accrued %s, revenue %s USD"
                    .formatted(
                        row.getString("tenant_id"),
                        row.getString("day"),
                        dollars(row, "usage_amount"),
                        dollars(row, "hourly_amount"),
                        dollars(row, "accrued"),
                        dollars(row, "revenue")))
        .list();
  }

  long held() {
    return jdbc.sql("select count(*) from held_open").query(Long.class).single();
  }

  List<ReconciliationController.Stream> streams(Instant now) {
    return jdbc.sql("select * from usage_stream order by source, replica_id, epoch")
        .query(
            (row, n) ->
                new ReconciliationController.Stream(
                    row.getString("source"),
                    row.getString("replica_id"),
                    row.getInt("epoch"),
                    row.getString("next_seq"),
                    row.getBoolean("closed"),
                    row.getObject("seen_at", OffsetDateTime.class).toInstant(),
                    missing(row, now)))
        .list();
  }

  /**
   * What ended before this moment is all here, as far as gateways have said so: the oldest sign of
   * life of a stream that is not closed. Null if there is none.
   */
  @Nullable Instant completeThrough() {
    return jdbc.sql("select through from usage_complete")
        .query(
            (row, n) ->
                Optional.ofNullable(row.getObject("through", OffsetDateTime.class))
                    .map(OffsetDateTime::toInstant))
        .single()
        .orElse(null);
  }

  private static ReconciliationController.@Nullable Missing missing(ResultSet row, Instant now)
      throws SQLException {
    OffsetDateTime since = row.getObject("gap_since", OffsetDateTime.class);
    return since == null
        ? null
        : new ReconciliationController.Missing(
            row.getString("next_seq"),
            Long.toString(row.getLong("gap_seq") - 1),
            since.toInstant(),
            Long.toString(Duration.between(since.toInstant(), now).toSeconds()));
  }

  List<ReconciliationController.EngineStream> engineStreams() {
    var streams = new ArrayList<ReconciliationController.EngineStream>();
    jdbc.sql("select * from engine_stream order by seen_at desc limit :limit")
        .param("limit", MOST_LISTED)
        .query(
            (ResultSet row) -> {
              streams.add(
                  new ReconciliationController.EngineStream(
                      row.getString("instance_id"),
                      row.getString("next_seq"),
                      row.getObject("ended_at") != null));
            });
    return streams;
  }

  /** Adds up what is here and what was retired. */
  private Sum sum(String both, LocalDate from, LocalDate to) {
    String sql =
        """
        select coalesce(sum(requests), 0) as requests, coalesce(sum(input), 0) as input,
          coalesce(sum(output), 0) as output, coalesce(sum(pico), 0) as pico
        from (%s) as parts
        """
            .formatted(both.formatted(DAYS, RETIRED_DAYS));
    return days(sql, from, to).query((row, n) -> Sum.read(row)).single();
  }

  private StatementSpec days(String sql, LocalDate from, LocalDate to) {
    return jdbc.sql(sql)
        .param("from", from)
        .param("to", to)
        .param("first", FIRST_ID)
        .param("last", LAST_ID);
  }

  private static String dollars(ResultSet row, String column) throws SQLException {
    return Dollars.of(integer(row, column));
  }

  private static BigInteger integer(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getBigDecimal(column), column).toBigIntegerExact();
  }
}
