package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.money.Dollars;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The same usage on another list: the tokens that were charged, at the reference list that held at
 * the end of the time, which has no price of its own for batches. Every ratio is computed from the
 * sums, none is known beforehand.
 */
@RestController
class ReferenceController {
  private static final String NOTE =
      "The same token counts at the reference's list prices. Another model would have counted and"
          + " reasoned differently.";

  /** One class of tokens, or all; costs in USD, no ratio where nothing was charged. */
  record Line(
      @Nullable String sku,
      String tokens,
      String cost,
      String referenceCost,
      @Nullable String ratio) {
    static Line of(@Nullable String sku, Sum sum) {
      String ratio =
          sum.charged.signum() == 0
              ? null
              : new BigDecimal(sum.reference)
                  .divide(new BigDecimal(sum.charged), 1, RoundingMode.HALF_EVEN)
                  .toPlainString();
      return new Line(
          sku, sum.tokens.toString(), Dollars.of(sum.charged), Dollars.of(sum.reference), ratio);
    }
  }

  /**
   * The report.
   *
   * @param reference the reference list's name
   * @param dated the first day of its prices
   * @param lines by class of tokens, in the order of every list
   */
  record Report(
      Instant asOf,
      String currency,
      String reference,
      LocalDate dated,
      String note,
      List<Line> lines,
      Line total) {}

  private record Card(String name, LocalDate dated, String currency, List<BigInteger> units) {}

  private record Sum(BigInteger tokens, BigInteger charged, BigInteger reference) {
    Sum plus(Sum other) {
      return new Sum(
          tokens.add(other.tokens), charged.add(other.charged), reference.add(other.reference));
    }
  }

  private static final Sum NOTHING = new Sum(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);
  private static final List<String> CLASSES = List.of("hit", "miss", "reasoning", "answer");

  private final JdbcClient jdbc;
  private final Clock clock;

  ReferenceController(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/reports/reference")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  public Report report(
      @RequestParam String from,
      @RequestParam String to,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId) {
    Days days = Days.of(from, to);
    Card card = card(days.to());
    List<Sum> sums = sums(days, organizationId, card);
    Sum total = sums.stream().reduce(NOTHING, Sum::plus);
    return new Report(
        clock.instant(),
        card.currency,
        card.name,
        card.dated,
        NOTE,
        List.of(
            Line.of("HIT", sums.get(0)),
            Line.of("MISS", sums.get(1)),
            Line.of("REASONING", sums.get(2)),
            Line.of("ANSWER", sums.get(3))),
        Line.of(null, total));
  }

  /** The newest reference list that had begun before that day. */
  private Card card(LocalDate before) {
    return jdbc.sql(
            """
            select c.name, c.currency, lower(v.valid) as dated,
              max(p.unit_pico) filter (where p.sku = 'HIT') as hit,
              max(p.unit_pico) filter (where p.sku = 'MISS') as miss,
              max(p.unit_pico) filter (where p.sku = 'REASONING') as reasoning,
              max(p.unit_pico) filter (where p.sku = 'ANSWER') as answer
            from rate_card_version v join rate_card c using (card_id)
              join price p using (version_id)
            where c.reference and v.published_at is not null and p.win = 0
              and lower(v.valid) < :before
            group by c.name, c.currency, v.version_id, lower(v.valid)
            order by lower(v.valid) desc, v.version_id desc limit 1
            """)
        .param("before", Sums.midnight(before))
        .query((row, n) -> card(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("A reference list of that time"));
  }

  private static Card card(ResultSet row) throws SQLException {
    var units = new ArrayList<BigInteger>();
    for (String column : CLASSES) {
      units.add(Counts.integer(row, column));
    }
    LocalDate dated =
        row.getObject("dated", OffsetDateTime.class)
            .withOffsetSameInstant(ZoneOffset.UTC)
            .toLocalDate();
    return new Card(row.getString("name"), dated, row.getString("currency"), units);
  }

  /**
   * Tokens by class and what they were charged: counts at the unit prices of their versions, those
   * of batches for what ran in batches, so that the sums are the ledger's.
   */
  private List<Sum> sums(Days days, @Nullable Long organizationId, Card card) {
    var sums = new ArrayList<Sum>(Collections.nCopies(CLASSES.size(), NOTHING));
    jdbc.sql(
            """
            with u as (
              select h.*, c.currency from rated_hour h join rate_card_version v using (version_id)
                join rate_card c using (card_id)
              where h.hour >= :from and h.hour < :to and c.currency = :currency
                and (cast(:tenant as bigint) is null or h.tenant_id = :tenant)
            )
            select s.ord, coalesce(sum(s.tokens), 0) as tokens,
              coalesce(sum(s.tokens * p.unit_pico), 0) as charged
            from u cross join lateral (values (1, 'HIT', u.tok_hit), (2, 'MISS', u.tok_miss),
                (3, 'REASONING', u.tok_reason), (4, 'ANSWER', u.tok_answer)) as s(ord, sku, tokens)
              join unit_price p on (p.version_id, p.model_id, p.win, p.sku)
                = (u.version_id, u.model_id, u.win,
                  s.sku || case when u.batch then '_BATCH' else '' end)
            group by s.ord
            """)
        .param("from", Sums.midnight(days.from()))
        .param("to", Sums.midnight(days.to()))
        .param("currency", card.currency)
        .param("tenant", organizationId)
        .query(
            row -> {
              int place = row.getInt("ord") - 1;
              BigInteger tokens = Counts.integer(row, "tokens");
              sums.set(
                  place,
                  new Sum(
                      tokens,
                      Counts.integer(row, "charged"),
                      tokens.multiply(card.units.get(place))));
            });
    return sums;
  }
}
