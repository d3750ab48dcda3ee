package io.r1platform.standalone.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One data set for one span of UTC days, streamed.
 *
 * @param dataset for instance {@code usage_records}
 * @param organization its id; null: all
 * @param format {@code csv}
 * @param from first day
 * @param to the day after the last
 */
public record Export(
    String dataset, @Nullable String organization, String format, LocalDate from, LocalDate to) {
  /** Copies the bytes to {@code out} and checks them against the manifest. */
  public JsonNode copy(AdminApi api, OutputStream out) {
    String path =
        "/admin/api/exports/%s?format=%s&from=%s&to=%s%s"
            .formatted(
                encoded(dataset),
                encoded(format),
                from,
                to,
                organization == null ? "" : "&organization_id=" + encoded(organization));
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

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
