package io.r1platform.api.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class AnswerCipherTests {
  private static final UUID RUN = new UUID(1, 2);
  private static final KeyedRequest REQUEST = request(7, "/v1/completions", "order-1");

  @TempDir Path directory;

  @Test
  void opensWhatItSealedAndNothingElse() throws IOException {
    AnswerCipher cipher = cipher("a".repeat(43));
    byte[] plain = "the answer".getBytes(StandardCharsets.UTF_8);
    byte[] sealed = cipher.seal(plain, REQUEST, RUN);
    assertThat(cipher.open(sealed, REQUEST, RUN)).contains(plain);
    assertThat(cipher.seal(plain, REQUEST, RUN)).isNotEqualTo(sealed);
    assertThat(cipher.open(sealed, request(8, "/v1/completions", "order-1"), RUN)).isEmpty();
    assertThat(cipher.open(sealed, request(7, "/v1/chat/completions", "order-1"), RUN)).isEmpty();
    assertThat(cipher.open(sealed, request(7, "/v1/completions", "order-2"), RUN)).isEmpty();
    assertThat(cipher.open(sealed, REQUEST, new UUID(1, 3))).isEmpty();
    for (int i = 0; i < sealed.length; i++) {
      sealed[i] ^= 1;
      assertThat(cipher.open(sealed, REQUEST, RUN)).as("byte %d", i).isEmpty();
      sealed[i] ^= 1;
    }
  }

  @Test
  void opensWithAnOlderSecretUntilItIsTakenOut() throws IOException {
    byte[] plain = {1, 2, 3};
    byte[] old = cipher("a".repeat(43)).seal(plain, REQUEST, RUN);
    assertThat(cipher("b".repeat(43), "a".repeat(43)).open(old, REQUEST, RUN)).contains(plain);
    assertThat(cipher("b".repeat(43)).open(old, REQUEST, RUN)).isEmpty();
  }

  @Test
  void doesNotStartWithAShortSecretOrNone() {
    assertThatThrownBy(() -> cipher("short")).hasMessageContaining("32 characters");
    assertThatThrownBy(() -> cipher("")).hasMessageContaining("32 characters");
  }

  @Test
  void packsAReplyByteForByte() {
    byte[] body = "id: 1\ndata: {}\n\n".repeat(500).getBytes(StandardCharsets.UTF_8);
    Reply reply = Reply.unpacked(new Reply(502, Map.of("x-r1-cost", "0.1"), body).packed());
    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.headers()).isEqualTo(Map.of("x-r1-cost", "0.1"));
    assertThat(reply.body()).isEqualTo(body);
    assertThat(reply.packed()).hasSizeLessThan(body.length / 10);
  }

  private AnswerCipher cipher(String... secrets) throws IOException {
    Path file = Files.writeString(directory.resolve("key"), String.join("\n", secrets));
    return new AnswerCipher(
        new IdempotencySettings(
            file,
            Duration.ofHours(24),
            1,
            DataSize.ofBytes(1),
            Duration.ZERO,
            1,
            Duration.ofSeconds(1),
            1));
  }

  private static KeyedRequest request(long project, String path, String key) {
    return KeyedRequest.of(project, path, key, ByteBuffer.wrap(new byte[] {1}));
  }
}
