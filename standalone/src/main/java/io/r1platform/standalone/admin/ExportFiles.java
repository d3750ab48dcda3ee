package io.r1platform.standalone.admin;

import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An export that billing writes in the background and that is then fetched.
 *
 * @param dataset for instance {@code usage_records}
 * @param organization its id; null: all
 * @param format csv, csv.gz, jsonl.gz or parquet
 * @param from a UTC day, or a moment
 * @param to the end, excluded
 * @param columns empty: all
 */
public record ExportFiles(
    String dataset,
    @Nullable String organization,
    String format,
    String from,
    String to,
    List<String> columns) {
  private static final String JOBS = "/admin/api/exports/jobs";
  private static final String MANIFEST = "manifest.json";
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);

  /** Keeps the columns as they are. */
  public ExportFiles {
    columns = List.copyOf(columns);
  }

  /**
   * Has it written, then puts each part and at last {@code manifest.json} into {@code directory};
   * each appears whole or not at all, and is checked against the manifest.
   *
   * @param progress told what is going on, a line now and then
   * @return the manifest
   */
  public JsonNode deliver(AdminApi api, Path directory, Consumer<String> progress) {
    String job = order(api);
    JsonNode done = await(api, job, progress);
    try {
      Files.createDirectories(directory);
      Files.deleteIfExists(directory.resolve(MANIFEST));
      for (JsonNode part : done.path("manifest").path("parts")) {
        String name = part.path("file").asString();
        progress.accept("fetching %s, %s bytes".formatted(name, part.path("bytes").asString()));
        fetch(api, job, name, part.path("sha256").asString(), directory);
      }
      removeOthers(done.path("manifest"), directory);
      fetch(api, job, MANIFEST, null, directory);
      return done.path("manifest");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + directory, e);
    }
  }

  private String order(AdminApi api) {
    var body = new LinkedHashMap<String, Object>();
    body.put("command_id", UUID.randomUUID().toString());
    body.put("dataset", dataset);
    body.put("format", format);
    body.put("from", from);
    body.put("to", to);
    if (organization != null) {
      body.put("organization_id", organization);
    }
    if (!columns.isEmpty()) {
      body.put("columns", columns);
    }
    return api.post(JOBS, body).path("export_id").asString();
  }

  private static JsonNode await(AdminApi api, String job, Consumer<String> progress) {
    String told = "";
    while (true) {
      JsonNode now = api.get(JOBS + "/" + job);
      String status = now.path("status").asString();
      switch (status) {
        case "done" -> {
          return now;
        }
        case "waiting", "running" -> {
          String rows = now.path("rows_read").asString();
          String line = "export %s %s: %s rows".formatted(job, status, rows);
          if (!line.equals(told)) {
            progress.accept(line);
            told = line;
          }
        }
        default ->
            throw new IllegalStateException(
                "export %s %s: %s".formatted(job, status, now.path("error").asString("")));
      }
      if (!Await.pause(LOOK_EVERY)) {
        api.post(JOBS + "/" + job + "/cancel", Map.of("command_id", UUID.randomUUID().toString()));
        throw new IllegalStateException("interrupted");
      }
    }
  }

  private static void fetch(
      AdminApi api, String job, String name, @Nullable String sha256, Path directory)
      throws IOException {
    Path fresh = directory.resolve(name + ".part");
    MessageDigest digest = Export.sha256();
    try (InputStream body = api.stream(JOBS + "/" + job + "/files/" + name).body();
        OutputStream out = new DigestOutputStream(Files.newOutputStream(fresh), digest)) {
      body.transferTo(out);
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    if (sha256 != null && !sha256.equals(hash)) {
      throw new IllegalStateException(
          "%s does not match the manifest: sha256 %s, manifest %s".formatted(name, hash, sha256));
    }
    sync(fresh, StandardOpenOption.WRITE);
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    sync(directory, StandardOpenOption.READ);
  }

  /** What an earlier, longer export of this dataset left: a reader by pattern would read it too. */
  private void removeOthers(JsonNode manifest, Path directory) throws IOException {
    List<String> names =
        manifest.path("parts").valueStream().map(part -> part.path("file").asString()).toList();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches(dataset + "-[0-9]{5}\\..+") && !names.contains(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
