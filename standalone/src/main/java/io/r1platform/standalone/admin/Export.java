package io.r1platform.standalone.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/**
 * One data set for one span of UTC days.
 *
 * @param dataset for instance {@code usage_records}
 * @param format {@code csv}
 * @param from first day
 * @param to the day after the last
 */
public record Export(String dataset, String format, LocalDate from, LocalDate to) {
  /** Copies the bytes to {@code out} and checks them against the manifest. */
  public JsonNode copy(AdminApi api, OutputStream out) {
    String path =
        "/admin/api/exports/%s?format=%s&from=%s&to=%s"
            .formatted(
                URLEncoder.encode(dataset, StandardCharsets.UTF_8),
                URLEncoder.encode(format, StandardCharsets.UTF_8),
                from,
                to);
    MessageDigest digest = sha256();
    try {
      HttpResponse<InputStream> answer = api.stream(path);
      String run =
          answer
              .headers()
              .firstValue("x-r1-export-id")
              .orElseThrow(() -> new IllegalStateException("the export has no id"));
      try (InputStream body = answer.body()) {
        var checked = new DigestOutputStream(out, digest);
        body.transferTo(checked);
        checked.flush();
      }
      JsonNode manifest = api.get("/admin/api/exports/runs/" + run + "/manifest");
      String hash = HexFormat.of().formatHex(digest.digest());
      if (!manifest.path("sha256").asString().equalsIgnoreCase(hash)) {
        throw new IllegalStateException(
            "the bytes do not match the manifest: sha256 %s, manifest %s"
                .formatted(hash, manifest.path("sha256").asString()));
      }
      return manifest;
    } catch (IOException e) {
      throw new UncheckedIOException("the export broke off", e);
    }
  }

  /**
   * Puts the file and then {@code manifest.json} into {@code directory}; each appears whole or not
   * at all, and the manifest last.
   *
   * @return the manifest
   */
  public JsonNode deliver(AdminApi api, Path directory) {
    try {
      Files.createDirectories(directory);
      Path part = directory.resolve(dataset + "." + format);
      Path fresh = directory.resolve(part.getFileName() + ".part");
      Files.deleteIfExists(directory.resolve("manifest.json"));
      JsonNode manifest;
      try (OutputStream out = Files.newOutputStream(fresh)) {
        manifest = copy(api, out);
      }
      publish(fresh, part);
      Path freshManifest = directory.resolve("manifest.json.part");
      Files.writeString(freshManifest, manifest.toPrettyString() + "\n");
      publish(freshManifest, directory.resolve("manifest.json"));
      return manifest;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + directory, e);
    }
  }

  private static void publish(Path fresh, Path name) throws IOException {
    sync(fresh, StandardOpenOption.WRITE);
    Files.move(fresh, name, StandardCopyOption.ATOMIC_MOVE);
    sync(name.resolveSibling("."), StandardOpenOption.READ);
  }

  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
