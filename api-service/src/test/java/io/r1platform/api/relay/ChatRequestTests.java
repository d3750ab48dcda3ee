package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Labels;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

class ChatRequestTests {
  private static final int MOST = 4 << 20;
  private static final RelaySettings SETTINGS =
      new RelaySettings(
          DataSize.ofMegabytes(4),
          DataSize.ofMegabytes(4),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofMinutes(61),
          DataSize.ofMegabytes(16),
          DataSize.ofMegabytes(16),
          DataSize.ofMegabytes(64),
          Duration.ofSeconds(120));

  @Test
  void readsALargeBodyInAFractionOfItsSize() {
    String end = "{\"role\":\"user\"}]}";
    String nodes = "{\"model\":\"m\",\"messages\":[" + "{},".repeat((MOST - 64) / 3) + end;
    byte[] body = nodes.getBytes(StandardCharsets.UTF_8);
    assertThat(ChatRequest.parse(Kind.CHAT, ByteBuffer.wrap(body)).model()).isEqualTo("m");
    long before = allocated();
    ChatRequest.parse(Kind.CHAT, ByteBuffer.wrap(body));
    assertThat(allocated() - before).isLessThan(1 << 20);
  }

  @Test
  void theLastOfTwoFieldsOfOneNameCounts() {
    ChatRequest request =
        parse(
            """
            {"model":{"a":[1]},"messages":[],"stream":"yes","stream_options":{"include_usage":1},
             "max_tokens":[5],"model":"m","stream":null,"stream_options":{"x":[{}]},
             "messages":[{"role":"system"},{"content":[{"role":"x"}],"role":"user"}],
             "max_tokens":7}\
            """);
    assertThat(request.model()).isEqualTo("m");
    assertThat(request.stream()).isFalse();
    assertThat(request.includeUsage()).isFalse();
    assertThat(request.maxTokens()).isEqualTo(7);
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertRefused("{\"model\":\"m\",\"messages\":[%s]}".formatted("7"), "messages[0].role");
    assertRefused("{\"model\":\"m\",\"messages\":{\"role\":\"user\"}}", "messages");
    assertRefused(with("\"audio\":{\"model\":1}"), "audio");
    assertRefused(with("\"max_tokens\":12345678901"), "max_tokens");
    assertRefused(with("\"max_tokens\":1e400"), "max_tokens");
    assertRefused(with("\"n\":9"), "n");
    assertRefused(
        with("\"stream_options\":{\"include_usage\":{}}"), "stream_options.include_usage");
    assertRefused(with("\"max_cost\":\"-1\""), "max_cost");
  }

  @Test
  void namesTheLabelThatIsWrong() {
    String seventeen =
        IntStream.range(0, 17)
            .mapToObj("\"k%d\":\"\""::formatted)
            .collect(Collectors.joining(",", "\"metadata\":{", "}"));
    assertRefused(with(seventeen), "metadata");
    assertRefused(with("\"metadata\":[]"), "metadata");
    assertRefused(with("\"metadata\":{\"a\":1}"), "metadata");
    assertRefused(with("\"metadata\":{\"\":\"x\"}"), "metadata");
    assertRefused(with("\"metadata\":{\"%s\":\"x\"}".formatted("k".repeat(65))), "metadata");
    assertRefused(with("\"metadata\":{\"a\":\"%s\"}".formatted("v".repeat(513))), "metadata");
    assertRefused(with("\"metadata\":{\"a\":\"\\u0000\"}"), "metadata");
    for (String user : List.of("user", "safety_identifier", "user_id", "prompt_cache_key")) {
      assertRefused(with("\"%s\":7".formatted(user)), user);
      assertRefused(with("\"%s\":\"%s\"".formatted(user, "u".repeat(513))), user);
      assertRefused(with("\"%s\":\"\\ud800\"".formatted(user)), user);
    }
  }

  @Test
  void takesTheLargestLabelsThatItAllows() {
    String value = "\\u0001".repeat(512);
    String pairs =
        IntStream.range(0, 16)
            .mapToObj(i -> "\"%s%02d\":\"%s\"".formatted("\\u0001".repeat(62), i, value))
            .collect(Collectors.joining(",", "\"metadata\":{", "}"));
    Labels labels =
        parse(with(pairs + ",\"user\":\"%s\"".formatted(value)))
            .with("\\".repeat(512), null)
            .labels();
    assertThat(labels.metadata()).hasSize(16);
    assertThat(labels.endUser()).hasSize(512);
  }

  @Test
  void theEndUserIsWhoeverIsNamedBest() {
    String user = "\"user\":\"u\"";
    assertThat(labels(user).endUser()).isEqualTo("u");
    assertThat(labels(user + ",\"user_id\":\"d\"").endUser()).isEqualTo("d");
    assertThat(labels(user + ",\"user_id\":\"d\",\"safety_identifier\":\"s\"").endUser())
        .isEqualTo("s");
    assertThat(labels("\"metadata\":null,\"user\":\"\"")).isEqualTo(Labels.NONE);
    assertThat(labels("\"metadata\":{\"b\":\"1\",\"a\":\"\"}").metadata())
        .containsExactly(Map.entry("b", "1"), Map.entry("a", ""));
  }

  @Test
  void equalCacheKeysMeetWhateverTheConversation() {
    String key = "\"prompt_cache_key\":\"team\"";
    int conversation = parse(with(key)).conversation();
    String other = with(key).replace("\"user\"}", "\"user\",\"content\":\"x\"}");
    assertThat(parse(other).conversation()).isEqualTo(conversation).isNotZero();
    assertThat(parse(with("\"prompt_cache_key\":\"other\"")).conversation())
        .isNotEqualTo(conversation);
  }

  private static Labels labels(String fields) {
    return parse(with(fields)).labels();
  }

  @Test
  void refusesWhatIsNoWholeJsonObject() {
    for (String body :
        List.of(
            "{", "[{}]", "7", "{} {}", with("\"a\":1") + "]", with("\"a\":[1"), "{\"a\":nul}")) {
      assertThatThrownBy(() -> parse(body))
          .as(body)
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.code().wire()).isEqualTo("invalid_json"));
    }
  }

  @Test
  void listsWhatItIgnores() {
    assertThat(parse(with("\"new thing\":{\"model\":1},\"seed\":3,\"b\":[[]],\"b\":0")).ignored())
        .containsExactly("new_thing", "b");
  }

  /** Bytes that come one by one, as chunks of a transfer may, count no more than they are. */
  @Test
  void aBodyInSmallPiecesTakesNoMoreRoomThanTwiceItsSize() {
    var meters = new SimpleMeterRegistry();
    var bodies = new Bodies(SETTINGS, meters);
    RequestBody body = bodies.open(-1);
    for (int i = 0; i < 100_000; i++) {
      body.add(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] {'x'}));
    }
    var counted = meters.get("r1.bodies.bytes").gauge();
    assertThat(counted.value()).isBetween(100_000.0, 200_000.0);
    assertThat(body.content().remaining()).isEqualTo(100_000);
    body.abandon();
    body.free();
    assertThat(counted.value()).isZero();
    assertThat(body.take()).isFalse();
    RequestBody announced = bodies.open(300);
    announced.add(DefaultDataBufferFactory.sharedInstance.wrap(new byte[100]));
    assertThat(announced.take()).isTrue();
    announced.abandon();
    assertThat(counted.value()).isEqualTo(300);
    announced.free();
    assertThat(counted.value()).isZero();
  }

  private static String with(String field) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]," + field + "}";
  }

  private static void assertRefused(String body, String param) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.param()).isEqualTo(param));
  }

  private static ChatRequest parse(String body) {
    return ChatRequest.parse(Kind.CHAT, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** The next turn of a conversation is known by how it begins, wherever it stands in the body. */
  @Test
  void conversationIsKnownByItsBeginning() {
    String begin =
        "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
            + "{\"role\":\"user\",\"content\":\"Which is larger?\"}";
    int first = conversation("{\"model\":\"m\"," + begin + "]}");
    int next =
        conversation(
            "{\"temperature\":0.5,\"model\":\"m\","
                + begin
                + ",{\"role\":\"assistant\",\"content\":\"9.8\"},"
                + "{\"role\":\"user\",\"content\":\"Why?\"}]}");
    int another = conversation("{\"model\":\"m\"," + begin.replace("larger", "smaller") + "]}");
    assertThat(first).isNotZero().isEqualTo(next).isNotEqualTo(another);
  }

  private static int conversation(String body) {
    return ChatRequest.parse(Kind.CHAT, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)))
        .conversation();
  }
}
