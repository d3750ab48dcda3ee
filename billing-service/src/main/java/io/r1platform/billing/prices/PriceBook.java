package io.r1platform.billing.prices;

import io.r1platform.billing.money.Pico;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The published price lists. */
@Component
public class PriceBook {
  private final JdbcClient jdbc;

  PriceBook(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Every published version, past and coming ones too, by number. One query. */
  public List<PriceVersion> published() {
    var versions = new LinkedHashMap<Long, PriceVersion>();
    var prices = new LinkedHashMap<Long, List<PriceVersion.Price>>();
    jdbc.sql(
            """
            select v.version_id, c.name, c.currency, v.content_sha256, c.reference,
              lower(v.valid) as valid_from, upper(v.valid) as valid_until,
              p.model_id, m.name as model, p.sku, p.win, p.unit_pico
            from rate_card_version v
              join rate_card c using (card_id)
              join price p using (version_id)
              join model m using (model_id)
            where v.published_at is not null
            order by v.version_id, p.model_id
            """)
        .query(
            row -> {
              long id = row.getLong("version_id");
              if (!versions.containsKey(id)) {
                versions.put(id, version(row));
              }
              prices.computeIfAbsent(id, key -> new ArrayList<>()).add(price(row));
            });
    return versions.values().stream().map(v -> with(v, prices)).toList();
  }

  private static PriceVersion with(PriceVersion v, Map<Long, List<PriceVersion.Price>> prices) {
    var own = new ArrayList<>(prices.getOrDefault(v.versionId(), List.of()));
    own.sort(
        Comparator.comparingInt(PriceVersion.Price::modelId)
            .thenComparing(PriceVersion.Price::sku)
            .thenComparingInt(PriceVersion.Price::window));
    return new PriceVersion(
        v.versionId(),
        v.name(),
        v.currency(),
        v.contentSha256(),
        v.validFrom(),
        v.validUntil(),
        v.reference(),
        own);
  }

  private static PriceVersion version(ResultSet row) throws SQLException {
    Instant from = instant(row, "valid_from");
    if (from == null) {
      throw new IllegalStateException("a published version without a beginning");
    }
    return new PriceVersion(
        row.getLong("version_id"),
        row.getString("name"),
        row.getString("currency"),
        HexFormat.of().formatHex(row.getBytes("content_sha256")),
        from,
        instant(row, "valid_until"),
        row.getBoolean("reference"),
        List.of());
  }

  private static PriceVersion.Price price(ResultSet row) throws SQLException {
    return new PriceVersion.Price(
        row.getInt("model_id"),
        row.getString("model"),
        Sku.valueOf(row.getString("sku")),
        row.getInt("win"),
        new Pico(row.getLong("unit_pico")));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : moment.toInstant();
  }
}
