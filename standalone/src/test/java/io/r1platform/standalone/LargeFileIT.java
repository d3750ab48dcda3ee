package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/**
 * Files go in and out of the gateway, whose heap is 512 MiB. In the long form they are as large as
 * one may be, as many at once as a project may send, 800 MiB in all: kept in memory they would end
 * the process; and one byte more is refused.
 */
@ExtendWith(PlatformExtension.class)
class LargeFileIT {
  private static final boolean LONG = Boolean.getBoolean("r1.files.long");
  private static final long LIMIT = 200L << 20;
  private static final long BYTES = LONG ? LIMIT : 16L << 20;
  private static final int AT_ONCE = LONG ? 4 : 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String BOUNDARY = "r1-boundary";
  private static final byte[] HEAD =
      ascii(
          """
          --r1-boundary\r
          Content-Disposition: form-data; name="purpose"\r
          \r
          batch\r
          --r1-boundary\r
          Content-Disposition: form-data; name="file"; filename="large.jsonl"\r
          Content-Type: application/jsonl\r
          \r
          """);
  private static final byte[] TAIL = ascii("\r\n--" + BOUNDARY + "--\r\n");

  private final Platform platform;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  LargeFileIT(Platform platform) {
    this.platform = platform;
    this.key = platform.mintKey();
  }

  /** So many bytes that differ from place to place. */
  private static final class Content extends InputStream {
    private final long length;
    private long at;

    Content(long length) {
      this.length = length;
    }

    private static byte at(long place) {
      return (byte) ('a' + (place * 31 + (place >>> 13)) % 26);
    }

    @Override
    public int read() {
      return at == length ? -1 : at(at++);
    }

    @Override
    public int read(byte[] to, int from, int most) {
      if (at == length) {
        return -1;
      }
      int count = (int) Math.min(most, length - at);
      for (int i = 0; i < count; i++) {
        to[from + i] = at(at + i);
      }
      at += count;
      return count;
    }
  }

  @Test
  void aFileOfAnySizeTakesLittleMemory() throws Exception {
    long process = platform.processId(Part.API.service());
    long before = peakMebibytes(process);
    long begun = System.nanoTime();
    List<CompletableFuture<HttpResponse<String>>> uploads = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      uploads.add(upload(BYTES));
    }
    List<String> ids = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> upload : uploads) {
      HttpResponse<String> answer = upload.join();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      ids.add(JsonMapper.shared().readTree(answer.body()).path("id").asString());
    }
    double uploadSeconds = secondsSince(begun);

    begun = System.nanoTime();
    assertThat(download(ids.getFirst())).isEqualTo(digest(new Content(BYTES)));
    double downloadSeconds = secondsSince(begun);

    int refused = 0;
    if (LONG) {
      HttpResponse<String> over = upload(LIMIT + 1).join();
      assertThat(over.statusCode()).as(over.body()).isEqualTo(413);
      refused++;
    }
    for (String id : ids) {
      assertThat(http.send(request("/v1/files/" + id).DELETE().build(), BodyHandlers.ofString()))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(200);
    }
    assertThat(platform.processId(Part.API.service())).as("the same process").isEqualTo(process);
    Figures.write(
        "files",
        "bytes=%d at_once=%d upload_seconds=%.1f download_seconds=%.1f resident_before_mib=%d resident_peak_mib=%d refused_above=%d"
            .formatted(
                BYTES,
                AT_ONCE,
                uploadSeconds,
                downloadSeconds,
                before,
                peakMebibytes(process),
                refused));
  }

  private CompletableFuture<HttpResponse<String>> upload(long bytes) {
    HttpRequest.BodyPublisher body =
        BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(
                () ->
                    new SequenceInputStream(
                        Collections.enumeration(
                            List.of(
                                new ByteArrayInputStream(HEAD),
                                new Content(bytes),
                                new ByteArrayInputStream(TAIL))))),
            HEAD.length + bytes + TAIL.length);
    return http.sendAsync(
        request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(body)
            .build(),
        BodyHandlers.ofString());
  }

  private String download(String id) throws Exception {
    HttpResponse<InputStream> answer =
        http.send(request("/v1/files/" + id + "/content").build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    try (InputStream body = answer.body()) {
      return digest(body);
    }
  }

  private static String digest(InputStream content) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 16];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Most memory that a process has had so far, as Linux counts it. */
  private static long peakMebibytes(long process) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
            .filter(each -> each.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(platform.url() + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + key);
  }

  private static double secondsSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis() / 1_000.0;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
