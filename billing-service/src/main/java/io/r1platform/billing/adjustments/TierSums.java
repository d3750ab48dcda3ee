package io.r1platform.billing.adjustments;

import io.r1platform.billing.adjustments.Adjustments.Kind;
import io.r1platform.billing.adjustments.Adjustments.Priced;
import io.r1platform.billing.adjustments.Adjustments.Subject;
import io.r1platform.billing.prices.Book;
import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.prices.Sku;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Computes an organization's tier adjustments of a month from all usage known now. Batches have no
 * tiers and count in none.
 */
@Component
class TierSums {
  /** Tokens of one version and window. */
  private record Used(
      long cardId,
      String currency,
      int modelId,
      int window,
      long versionId,
      Map<Sku, BigInteger> tokens) {}

  private record Group(String currency, Priced priced) {}

  private final JdbcClient jdbc;
  private final Adjustments adjustments;

  TierSums(JdbcClient jdbc, Adjustments adjustments) {
    this.jdbc = jdbc;
    this.adjustments = adjustments;
  }

  /** Organizations that used a price with tiers in that month. */
  List<Long> tenants(YearMonth month) {
    return jdbc.sql(
            """
            select distinct tenant_id from rated_hour
            where hour >= lower(cast(:month as tstzrange))
              and hour < upper(cast(:month as tstzrange)) and not batch
              and version_id in (select version_id from price where tier_kind is not null)
            order by tenant_id
            """)
        .param("month", Adjustments.period(month, month.plusMonths(1)))
        .query(Long.class)
        .list();
  }

  /** Posts what has changed; returns how many adjustments did. */
  @Transactional(propagation = Propagation.MANDATORY)
  public int settle(long tenantId, YearMonth month, Book book, Instant now) {
    var parts = new LinkedHashMap<Group, List<MonthTiers.Part>>();
    for (Used used : used(tenantId, month)) {
      Map<Sku, PriceVersion.Price> prices = prices(book, used);
      used.tokens.forEach(
          (sku, tokens) -> {
            PriceVersion.Price price = prices.get(sku);
            if (price != null) {
              var priced = new Priced(used.cardId, used.modelId, sku.name(), used.window);
              parts
                  .computeIfAbsent(new Group(used.currency, priced), group -> new ArrayList<>())
                  .add(new MonthTiers.Part(tokens, price.unit().value(), price.tiers()));
            }
          });
    }
    int posted = 0;
    for (var entry : parts.entrySet()) {
      Group group = entry.getKey();
      List<MonthTiers.Part> list = entry.getValue();
      if (list.stream().allMatch(part -> part.tiers() == null)) {
        continue;
      }
      var subject =
          new Subject(
              Kind.TIER, tenantId, group.currency, month, month.plusMonths(1), group.priced);
      if (adjustments.set(subject, MonthTiers.difference(list), basis(list), now)) {
        posted++;
      }
    }
    return posted;
  }

  private static Map<String, String> basis(List<MonthTiers.Part> parts) {
    BigInteger tokens = BigInteger.ZERO;
    BigInteger charged = BigInteger.ZERO;
    for (MonthTiers.Part part : parts) {
      tokens = tokens.add(part.tokens());
      charged = charged.add(part.tokens().multiply(BigInteger.valueOf(part.unitPico())));
    }
    return Map.of("tokens", tokens.toString(), "charged_pico", charged.toString());
  }

  private static Map<Sku, PriceVersion.Price> prices(Book book, Used used) {
    var prices = new HashMap<Sku, PriceVersion.Price>();
    Optional<PriceVersion> version = book.version(used.versionId);
    version.ifPresent(
        known ->
            known.prices().stream()
                .filter(p -> p.modelId() == used.modelId && p.window() == used.window)
                .forEach(price -> prices.put(price.sku(), price)));
    return prices;
  }

  private List<Used> used(long tenantId, YearMonth month) {
    return jdbc.sql(
            """
            select c.card_id, c.currency, h.model_id, h.win, h.version_id, sum(h.tok_hit) as hit,
              sum(h.tok_miss) as miss, sum(h.tok_reason) as reasoning, sum(h.tok_answer) as answer
            from rated_hour h join rate_card_version v using (version_id)
              join rate_card c using (card_id)
            where h.tenant_id = :tenant and h.hour >= lower(cast(:month as tstzrange))
              and h.hour < upper(cast(:month as tstzrange)) and not h.batch
            group by c.card_id, c.currency, h.model_id, h.win, h.version_id, lower(v.valid)
            order by c.card_id, h.model_id, h.win, lower(v.valid)
            """)
        .param("tenant", tenantId)
        .param("month", Adjustments.period(month, month.plusMonths(1)))
        .query((row, n) -> read(row))
        .list();
  }

  private static Used read(ResultSet row) throws SQLException {
    var tokens = new LinkedHashMap<Sku, BigInteger>();
    tokens.put(Sku.HIT, row.getBigDecimal("hit").toBigIntegerExact());
    tokens.put(Sku.MISS, row.getBigDecimal("miss").toBigIntegerExact());
    tokens.put(Sku.REASONING, row.getBigDecimal("reasoning").toBigIntegerExact());
    tokens.put(Sku.ANSWER, row.getBigDecimal("answer").toBigIntegerExact());
    return new Used(
        row.getLong("card_id"),
        row.getString("currency"),
        row.getInt("model_id"),
        row.getInt("win"),
        row.getLong("version_id"),
        tokens);
  }
}
