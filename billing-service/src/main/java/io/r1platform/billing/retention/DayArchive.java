package io.r1platform.billing.retention;

import io.r1platform.billing.retention.ParquetProcess.Content;
import io.r1platform.billing.retention.ParquetProcess.Job;
import io.r1platform.billing.retention.ParquetProcess.Kind;
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
import java.util.List;
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
 * Moves one day into files: records, the engine's receipts, ids, then the manifest that names their
 * hashes, each written beside, synced and renamed; at last the database drops the day if its counts
 * and sums are the files'. Stopped anywhere, it is begun again and gives the same.
 */
@Component
class DayArchive {
  private static final Logger LOG = LoggerFactory.getLogger(DayArchive.class);
  private static final int FETCH_ROWS = 10_000;

  private static final String COPY_RECORDS =
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

  private static final String COPY_RECEIPTS =
      """
      copy (select bucket, event_id, attempt, instance_id, replica_id, epoch, model_id, tok_hit,
          tok_miss, tok_reason, tok_out, finish, encode(output_sha256, 'hex') as output_sha256,
          (extract(epoch from started_at) * 1000000)::bigint as started_micros,
          (extract(epoch from ended_at) * 1000000)::bigint as ended_micros, ship_seq
        from engine_usage where bucket = ':day')
      to stdout (format csv, header)
      """;

  /** Records and what they cost, the engine's receipts and their tokens. */
  private record Sums(long requests, BigDecimal amount, long receipts, BigDecimal tokens) {}

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
   * @param alone the connection that keeps others from retiring: once it is lost, no file is
   *     replaced and nothing dropped
   * @throws IOException if a file cannot be written or does not hold what was given to it; the day
   *     stays
   */
  void retire(Path directory, LocalDate day, JdbcClient alone)
      throws IOException, InterruptedException {
    int part =
        client
            .sql("select coalesce(max(part), 0) + 1 from usage_retired where day = ?")
            .param(day)
            .query(Integer.class)
            .single();
    DayFiles files = DayFiles.of(directory, day, part);
    Files.createDirectories(files.manifest().getParent());
    Path records = beside(files.records(), ".csv");
    Path receipts = beside(files.receipts(), ".csv");
    Path ids = beside(files.ids(), ".new");
    try {
      Sums sums = snapshot.execute(status -> export(day, records, receipts, ids));
      var newRecords = new Job(Kind.RECORDS, records, beside(files.records(), ".new"));
      var newReceipts = new Job(Kind.RECEIPTS, receipts, beside(files.receipts(), ".new"));
      List<Content> written = ParquetProcess.run(List.of(newRecords, newReceipts));
      requireContent(newRecords, written.getFirst(), sums.requests, sums.amount);
      requireContent(newReceipts, written.getLast(), sums.receipts, sums.tokens);
      requireLock(alone);
      place(newRecords.parquet(), files.records());
      place(newReceipts.parquet(), files.receipts());
      place(ids, files.ids());
      byte[] manifest = manifest(day, part, sums, files);
      Path draft = beside(files.manifest(), ".new");
      Files.write(draft, manifest);
      place(draft, files.manifest());
      requireEveryId(files.ids(), sums.requests);
      drop(alone, day, sums, sha256().digest(manifest));
      LOG.info("{} retired: {} records in {}", day, sums.requests, files.records());
    } finally {
      Files.deleteIfExists(records);
      Files.deleteIfExists(receipts);
    }
  }

  /** An export takes long, and without the lock the files may be another process's by now. */
  private static void requireLock(JdbcClient alone) {
    alone.sql("select 1").query(Integer.class).single();
  }

  private static void requireContent(Job job, Content content, long rows, BigDecimal sum)
      throws IOException {
    if (content.rows() != rows || content.sum().compareTo(sum) != 0) {
      throw new IOException(
          "%s holds %s, not %d over %s".formatted(job.parquet(), content, rows, sum));
    }
  }

  /** The file alone says what was charged already, so an id less is a request charged twice. */
  private static void requireEveryId(Path ids, long requests) throws IOException {
    if (Files.size(ids) != requests * IdFile.ROW_BYTES) {
      throw new IOException(
          "%s has %d bytes, not %d ids".formatted(ids, Files.size(ids), requests));
    }
  }

  private Sums export(LocalDate day, Path records, Path receipts, Path ids) {
    copy(COPY_RECORDS, day, records);
    copy(COPY_RECEIPTS, day, receipts);
    exportIds(day, ids);
    return client
        .sql(
            """
            select u.requests, u.amount, e.receipts, e.tokens
            from (select count(*) as requests, coalesce(sum(amount_pico), 0) as amount
                from usage_record where bucket = :day) u,
              (select count(*) as receipts,
                  coalesce(sum(tok_hit::bigint + tok_miss + tok_out), 0) as tokens
                from engine_usage where bucket = :day) e
            """)
        .param("day", day)
        .query(Sums.class)
        .single();
  }

  private void copy(String sql, LocalDate day, Path csv) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(csv), 1 << 16)) {
      ConnectionCallback<Long> copyOut =
          connection -> {
            try {
              return connection
                  .unwrap(PGConnection.class)
                  .getCopyAPI()
                  .copyOut(sql.replace(":day", day.toString()), out);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      jdbc.execute(copyOut);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    manifest.put("format", "r1-usage-2");
    manifest.put("day", day.toString());
    manifest.put("part", part);
    manifest.put("requests", Long.toString(sums.requests));
    manifest.put("amount_pico", sums.amount.toPlainString());
    manifest.put("engine_receipts", Long.toString(sums.receipts));
    manifest.put("engine_tokens", sums.tokens.toPlainString());
    manifest.put("records", described(files.records()));
    manifest.put("receipts", described(files.receipts()));
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

  private static void drop(JdbcClient alone, LocalDate day, Sums sums, byte[] manifestSha256) {
    alone
        .sql("select retire_usage_day(?, ?, ?, ?, ?, ?)")
        .params(day, sums.requests, sums.amount, sums.receipts, sums.tokens, manifestSha256)
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
