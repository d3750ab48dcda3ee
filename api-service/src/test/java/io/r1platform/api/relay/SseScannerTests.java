package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseScannerTests {
  private static final String STREAM =
      Wire.KEEP_ALIVE
          + Wire.token(1, "reasoning_content", "한글 \\\"choices\\\":[] [DONE]")
          + ": keep-alive\n"
          + Wire.token(7, "reasoning_content", "x")
          + ": reasoning_tokens=9\n"
          + Wire.token(10, "content", "y")
          + Wire.finish(11, "stop");

  @Test
  void countsWhatCame() {
    var scanner = new SseScanner();
    SseScanner.Scan scan = scanner.scan(bytes(STREAM));
    assertThat(scan.release()).isEqualTo(STREAM.getBytes(StandardCharsets.UTF_8).length);
    assertThat(scan.last()).isNull();
    assertThat(scanner.outputTokens()).isEqualTo(11);
    assertThat(scanner.reasoningTokens()).isEqualTo(9);
  }

  @Test
  void readsThePromptsTokensFromAComment() {
    var scanner = new SseScanner();
    assertThat(scanner.promptTokens()).isNull();
    scanner.scan(bytes(": prompt_tokens=7,10\n" + Wire.token(1, "content", "x")));
    assertThat(scanner.promptTokens()).isEqualTo(new PromptTokens(7, 10));
  }

  @Test
  void countsAllAsReasoningUntilItHearsOtherwise() {
    var scanner = new SseScanner();
    scanner.scan(bytes(Wire.token(4, "reasoning_content", "x")));
    assertThat(scanner.reasoningTokens()).isEqualTo(4);
  }

  @Test
  void doesNotCountAnEventThatIsCutOff() {
    var scanner = new SseScanner();
    String whole = Wire.token(4, "content", "x");
    SseScanner.Scan scan = scanner.scan(bytes(whole + "id: 9\ndata: {\"choi"));
    assertThat(scan.release()).isEqualTo(whole.length());
    assertThat(scanner.outputTokens()).isEqualTo(4);
  }

  @Test
  void seesTheEndAndReleasesNothingOfIt() {
    String usage = Wire.usageChunk(9, 2, "stop");
    var scan = new SseScanner().scan(bytes(STREAM + usage + Wire.DONE));
    assertThat(scan.release()).isEqualTo(STREAM.getBytes(StandardCharsets.UTF_8).length);
    SseScanner.Last last = Objects.requireNonNull(scan.last());
    assertThat(last.kind()).isEqualTo(SseScanner.Kind.USAGE);
    assertThat(last.data()).startsWith("{\"id\"").endsWith("}").contains("\"usage\":{");
    assertThat(kind(Wire.DONE)).isEqualTo(SseScanner.Kind.DONE);
    assertThat(kind("data: {\"error\":{}}\r\n\r\n")).isEqualTo(SseScanner.Kind.ERROR);
  }

  @Test
  void findsTheSameHoweverTheNetworkCutsIt() {
    byte[] all = (STREAM + Wire.usageChunk(9, 2, "stop")).getBytes(StandardCharsets.UTF_8);
    var random = new Random(42);
    for (int round = 0; round < 300; round++) {
      var scanner = new SseScanner();
      int released = 0;
      int end = 0;
      SseScanner.Last last = null;
      while (end < all.length) {
        end = Math.min(all.length, end + 1 + random.nextInt(60));
        SseScanner.Scan scan = scanner.scan(ByteBuffer.wrap(all, released, end - released));
        released += scan.release();
        last = scan.last();
      }
      assertThat(released).isEqualTo(STREAM.getBytes(StandardCharsets.UTF_8).length);
      assertThat(Objects.requireNonNull(last).kind()).isEqualTo(SseScanner.Kind.USAGE);
      assertThat(scanner.outputTokens()).isEqualTo(11);
      assertThat(scanner.reasoningTokens()).isEqualTo(9);
    }
  }

  @Test
  void releasesAKeepAliveAtOnceAlsoInsideTheStream() {
    var scanner = new SseScanner();
    assertThat(scanner.scan(bytes(": keep-alive\n")).release()).isEqualTo(13);
  }

  @Test
  void ignoresIdsThatAreNoNumbers() {
    var scanner = new SseScanner();
    scanner.scan(bytes("id: 5\ndata: {}\n\nid: x9\ndata: {}\n\nid: 99999999999\ndata: {}\n\n"));
    assertThat(scanner.outputTokens()).isEqualTo(5);
  }

  private static SseScanner.Kind kind(String event) {
    return Objects.requireNonNull(new SseScanner().scan(bytes(event)).last()).kind();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
