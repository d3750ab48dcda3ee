package io.r1platform.billing.retention;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Moves one day into files: records, ids, then the manifest that names their hashes, each written
 * beside, synced and renamed; at last the database drops the day if its count and sum are the
 * files'. Stopped anywhere, it is begun again and gives the same.
 */
@Component
class DayArchive {
  private static final Logger LOG = LoggerFactory.getLogger(DayArchive.class);
  private static final int FETCH_ROWS = 10_000;

  private static final String COPY =
      """
      copy (select bucket, event_id, finish, flags, model_id, tenant_id, project_id, api_key_id,
          (extract(epoch from admitted_at) * 1000000)::bigint as admitted_micros,
          (extract(epoch from finished_at) * 1000000)::bigint as finished_micros,
          tok_hit, tok_miss, tok_reason, tok_answer, waived_in, waived_out, ttft_ms, win,
          version_id, amount_pico, encode(salt, 'hex') as salt,
          encode(output_sha256, 'hex') as output_sha256, encode(leaf_sha256, 'hex') as leaf_sha256,
          journal_id
        from usage_record where bucket = ':day')
      to stdout (format csv, header)
      """;

  private record Sums(long requests, BigDecimal amount) {}

  private final JdbcTemplate jdbc;
  private final JdbcClient client;
  private final TransactionTemplate snapshot;
  private final JsonMapper json;

  DayArchive(
      JdbcTemplate jdbc,
      JdbcClient client,
      PlatformTransactionManager transactions,
      JsonMapper json) {
    this.jdbc = jdbc;
    this.client = client;
    this.json = json;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /**
   * Writes the day's next part and drops the day.
   *
   * @throws IOException if a file cannot be written or does not hold what was given to it; the day
   *     stays
   */
  void retire(Path directory, LocalDate day) throws IOException, InterruptedException {
    int part =
        client
            .sql("select coalesce(max(part), 0) + 1 from usage_retired where day = ?")
            .param(day)
            .query(Integer.class)
            .single();
    DayFiles files = DayFiles.of(directory, day, part);
    Files.createDirectories(files.manifest().getParent());
    Path csv = beside(files.records(), ".csv");
    Path parquet = beside(files.records(), ".new");
    Path ids = beside(files.ids(), ".new");
    try {
      Sums sums = snapshot.execute(status -> export(day, csv, ids));
      ParquetProcess.Content content = ParquetProcess.run(csv, parquet);
      if (content.rows() != sums.requests || content.amount().compareTo(sums.amount) != 0) {
        throw new IOException(
            "the Parquet file of %s holds %s, not %s".formatted(day, content, sums));
      }
      place(parquet, files.records());
      place(ids, files.ids());
      byte[] manifest = manifest(day, part, sums, files);
      Path draft = beside(files.manifest(), ".new");
      Files.write(draft, manifest);
      place(draft, files.manifest());
      drop(day, sums, sha256().digest(manifest));
      LOG.info("{} retired: {} records in {}", day, sums.requests, files.records());
    } finally {
      Files.deleteIfExists(csv);
    }
  }

  private Sums export(LocalDate day, Path csv, Path ids) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(csv), 1 << 16)) {
      ConnectionCallback<Long> copyOut =
          connection -> {
            try {
              return connection
                  .unwrap(PGConnection.class)
                  .getCopyAPI()
                  .copyOut(COPY.replace(":day", day.toString()), out);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      jdbc.execute(copyOut);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    exportIds(day, ids);
    return client
        .sql(
            """
            select count(*) as requests, coalesce(sum(amount_pico), 0) as amount
            from usage_record where bucket = ?
            """)
        .param(day)
        .query(Sums.class)
        .single();
  }

  private void exportIds(LocalDate day, Path ids) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(ids), 1 << 16)) {
      var row = ByteBuffer.allocate(IdFile.ROW_BYTES);
      RowCallbackHandler write =
          found -> {
            UUID id = found.getObject(1, UUID.class);
            row.clear();
            row.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
            row.put(found.getBytes(2));
            try {
              out.write(row.array());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      var reader = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
      reader.setFetchSize(FETCH_ROWS);
      reader.query(
          "select event_id, leaf_sha256 from usage_record where bucket = ? order by event_id",
          write,
          day);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] manifest(LocalDate day, int part, Sums sums, DayFiles files) throws IOException {
    var manifest = new LinkedHashMap<String, Object>();
    manifest.put("format", "r1-usage-1");
    manifest.put("day", day.toString());
    manifest.put("part", part);
    manifest.put("requests", Long.toString(sums.requests));
    manifest.put("amount_pico", sums.amount.toPlainString());
    manifest.put("records", described(files.records()));
    manifest.put("ids", described(files.ids()));
    return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
  }

  private static Map<String, String> described(Path file) throws IOException {
    var described = new LinkedHashMap<String, String>();
    described.put("file", file.getFileName().toString());
    described.put("bytes", Long.toString(Files.size(file)));
    described.put("sha256", HexFormat.of().formatHex(hash(file)));
    return described;
  }

  private void drop(LocalDate day, Sums sums, byte[] manifestSha256) {
    client
        .sql("select retire_usage_day(?, ?, ?, ?)")
        .params(day, sums.requests, sums.amount, manifestSha256)
        .query(Integer.class)
        .single();
  }

  /** Makes a finished file durable under its name. */
  private static void place(Path draft, Path name) throws IOException {
    try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(draft, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (var directory = FileChannel.open(name.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static byte[] hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
