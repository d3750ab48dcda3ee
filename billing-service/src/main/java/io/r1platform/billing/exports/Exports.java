package io.r1platform.billing.exports;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.r1platform.billing.errors.ServiceException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Writes datasets as CSV, a cursor's fetch at a time, and remembers what was written whole. */
@Component
class Exports {
  private static final String SPEC = "r1-export-1";

  /** What one export covers: UTC days, the last excluded; null means every organization. */
  record Scope(DayDataset dataset, LocalDate from, LocalDate to, @Nullable Long organizationId) {}

  /** What a reader checks a file against. */
  record Manifest(
      String spec,
      String dataset,
      String format,
      List<String> columns,
      String rows,
      Map<String, String> sumPico,
      String sha256,
      String from,
      String to,
      @Nullable String organizationId,
      @Nullable String completeThrough) {}

  /** Counts and sums while rows go out. */
  private static final class Totals {
    private final Map<String, BigInteger> sums = new TreeMap<>();
    private long rows;

    void add(String currency, BigDecimal pico) {
      rows++;
      sums.merge(currency, pico.toBigIntegerExact(), BigInteger::add);
    }

    Map<String, String> sums() {
      var texts = new TreeMap<String, String>();
      sums.forEach((currency, sum) -> texts.put(currency, sum.toString()));
      return texts;
    }
  }

  private final NamedParameterJdbcTemplate rows;
  private final JdbcClient jdbc;
  private final TransactionTemplate snapshot;
  private final JsonMapper json;
  private final Clock clock;
  private final ExportSettings settings;
  private final Semaphore slots;

  Exports(
      DataSource dataSource,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      JsonMapper json,
      Clock clock,
      ExportSettings settings) {
    var streaming = new JdbcTemplate(dataSource);
    streaming.setFetchSize(settings.fetchRows());
    this.rows = new NamedParameterJdbcTemplate(streaming);
    this.jdbc = jdbc;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.json = json;
    this.clock = clock;
    this.settings = settings;
    this.slots = new Semaphore(settings.concurrent());
  }

  /**
   * Takes a slot for one export, to be given back by {@link #write}.
   *
   * @throws ServiceException {@code too_many_exports}
   */
  void reserve() {
    if (!slots.tryAcquire()) {
      throw ServiceException.tooManyExports(settings.concurrent());
    }
  }

  /** Writes a reserved export; its manifest exists once this returns. */
  void write(UUID run, Scope scope, OutputStream to) {
    try {
      snapshot.executeWithoutResult(status -> record(run, scope, stream(scope, to)));
    } finally {
      slots.release();
    }
  }

  /** The manifest of an export that reached its end. */
  Optional<String> manifest(UUID run) {
    return jdbc.sql("select manifest::text from export_run where run_id = ?")
        .param(run)
        .query(String.class)
        .optional();
  }

  private Manifest stream(Scope scope, OutputStream to) {
    String through = completeThrough();
    var digest = new DigestOutputStream(to, sha256());
    var totals = new Totals();
    int width = scope.dataset().columns().size();
    try {
      var writer = new BufferedWriter(new OutputStreamWriter(digest, StandardCharsets.UTF_8));
      CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(writer);
      csv.writeRecord(scope.dataset().columns());
      rows.query(
          scope.dataset().sql(),
          new MapSqlParameterSource()
              .addValue("from", scope.from())
              .addValue("to", scope.to())
              .addValue("organizationId", scope.organizationId()),
          (ResultSet row) -> {
            csv.writeRecord(texts(row, width));
            totals.add(row.getString("money"), row.getBigDecimal("pico"));
          });
      csv.flush();
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Manifest(
        SPEC,
        scope.dataset().wireName(),
        "csv",
        scope.dataset().columns(),
        Long.toString(totals.rows),
        totals.sums(),
        HexFormat.of().formatHex(digest.getMessageDigest().digest()),
        scope.from().toString(),
        scope.to().toString(),
        scope.organizationId() == null ? null : scope.organizationId().toString(),
        through);
  }

  private void record(UUID run, Scope scope, Manifest manifest) {
    jdbc.sql(
            """
            insert into export_run (run_id, dataset, manifest, completed_at)
            values (?, ?, cast(? as jsonb), ?)
            """)
        .param(run)
        .param(scope.dataset().wireName())
        .param(json.writeValueAsString(manifest))
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  /** Until when gateways have said all, as reconciliation says; null: none lives. */
  private @Nullable String completeThrough() {
    return jdbc.sql("select through from usage_complete")
        .query(
            (row, n) ->
                Optional.ofNullable(row.getObject("through", OffsetDateTime.class))
                    .map(through -> through.toInstant().toString()))
        .single()
        .orElse(null);
  }

  private static String[] texts(ResultSet row, int width) throws SQLException {
    String[] texts = new String[width];
    for (int i = 0; i < width; i++) {
      texts[i] = row.getString(i + 1);
    }
    return texts;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
