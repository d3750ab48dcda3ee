package io.r1platform.billing.prices;

import io.r1platform.billing.money.Pico;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads versions with their windows and prices, drafts too. */
@Component
class PriceVersions {
  private static final Comparator<PriceVersion.Price> ORDER =
      Comparator.comparingInt(PriceVersion.Price::modelId)
          .thenComparing(PriceVersion.Price::sku)
          .thenComparingInt(PriceVersion.Price::window);
  private static final String DRAFT_HASH = "";

  private final JdbcClient jdbc;
  private final JsonMapper json;

  PriceVersions(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Every published version by number; three queries. */
  List<PriceVersion> published() {
    return read("published_at is not null", null);
  }

  /** One version, published or not. */
  Optional<PriceVersion> find(long versionId) {
    return read("version_id = :id", versionId).stream().findFirst();
  }

  private List<PriceVersion> read(String which, @Nullable Long id) {
    Map<Long, List<PriceWindow>> windows = new HashMap<>();
    statement("select * from price_window join rate_card_version using (version_id)", which, id)
        .query(
            row -> {
              windows
                  .computeIfAbsent(row.getLong("version_id"), v -> new ArrayList<>())
                  .add(window(row));
            });
    Map<Long, List<PriceVersion.Price>> prices = new HashMap<>();
    statement(
            """
            select p.*, m.name as model from price p
              join model m using (model_id) join rate_card_version using (version_id)
            """,
            which,
            id)
        .query(
            row -> {
              prices
                  .computeIfAbsent(row.getLong("version_id"), v -> new ArrayList<>())
                  .add(price(row));
            });
    windows.values().forEach(own -> own.sort(Comparator.comparingInt(PriceWindow::number)));
    prices.values().forEach(own -> own.sort(ORDER));
    return statement(
            """
            select version_id, tenant_id, name, currency, content_sha256, reference,
              lower(valid) as valid_from, upper(valid) as valid_until
            from rate_card_version join rate_card using (card_id)
            """,
            which + " order by version_id",
            id)
        .query((row, n) -> version(row, windows, prices))
        .list();
  }

  private JdbcClient.StatementSpec statement(String select, String which, @Nullable Long id) {
    var statement = jdbc.sql(select + " where " + which);
    return id == null ? statement : statement.param("id", id);
  }

  private static PriceVersion version(
      ResultSet row,
      Map<Long, List<PriceWindow>> windows,
      Map<Long, List<PriceVersion.Price>> prices)
      throws SQLException {
    long id = row.getLong("version_id");
    byte[] hash = row.getBytes("content_sha256");
    return new PriceVersion(
        id,
        row.getObject("tenant_id", Long.class),
        row.getString("name"),
        row.getString("currency"),
        hash == null ? DRAFT_HASH : HexFormat.of().formatHex(hash),
        begin(row),
        instant(row, "valid_until"),
        row.getBoolean("reference"),
        windows.getOrDefault(id, List.of()),
        prices.getOrDefault(id, List.of()));
  }

  private static PriceWindow window(ResultSet row) throws SQLException {
    Array days = row.getArray("dow");
    var weekdays = EnumSet.noneOf(DayOfWeek.class);
    for (Object day : (Object[]) days.getArray()) {
      weekdays.add(DayOfWeek.of((Integer) day));
    }
    return new PriceWindow(
        row.getInt("win"),
        row.getString("code"),
        row.getObject("from_t", LocalTime.class),
        row.getObject("to_t", LocalTime.class),
        ZoneId.of(row.getString("tz")),
        weekdays,
        row.getString("calendar"));
  }

  private PriceVersion.Price price(ResultSet row) throws SQLException {
    String kind = row.getString("tier_kind");
    return new PriceVersion.Price(
        row.getInt("model_id"),
        row.getString("model"),
        Sku.valueOf(row.getString("sku")),
        row.getInt("win"),
        new Pico(row.getLong("unit_pico")),
        new Pico(row.getLong("list_pico")),
        kind == null ? null : tiers(Tiers.Kind.valueOf(kind), row.getString("tiers")));
  }

  private Tiers tiers(Tiers.Kind kind, String text) {
    JsonNode tree = json.readTree(text);
    if (kind == Tiers.Kind.PACKAGE) {
      return new Tiers(kind, List.of(), Long.parseLong(tree.path("block").asString()));
    }
    var steps = new ArrayList<Tiers.Step>();
    for (JsonNode step : tree) {
      steps.add(
          new Tiers.Step(
              Long.parseLong(step.path("from").asString()),
              Long.parseLong(step.path("unit_pico").asString())));
    }
    return new Tiers(kind, steps, 0);
  }

  /** The column {@code valid_from}, which every version has. */
  static Instant begin(ResultSet row) throws SQLException {
    return Objects.requireNonNull(instant(row, "valid_from"), "valid_from");
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : moment.toInstant();
  }
}
