package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

/** Its first client may come to read when all is over: the run and the database are fast. */
class KeptAnswerTests {
  private final ServiceException refusal =
      ServiceException.of(ErrorCode.INVALID_STATE, "No. Nothing was charged.");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KeptBytes memory = new KeptBytes(settings(), meters);

  @Test
  void tellsARefusalToWhoComesAfterItsKeyIsFree() {
    KeptAnswer answer = answer();
    answer.refuse(refusal);
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> read(answer).blockLast(Duration.ofSeconds(10)))
        .isSameAs(refusal);
  }

  @Test
  void tellsAFreeEndToWhoComesAfterItsKeyIsFree() {
    KeptAnswer answer = answer();
    answer.send(": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII));
    answer.end("data: x\n\n".getBytes(StandardCharsets.US_ASCII), null);
    assertThat(bytes()).isZero();
    assertThat(text(answer)).isEqualTo(": keep-alive\n\ndata: x\n\n");
    assertThat(text(answer)).as("to another one").endsWith("data: x\n\n");
    assertThat(bytes()).isZero();
  }

  @Test
  void sendsWhoComesTooLateForAChargedAnswerToTheDatabase() {
    KeptAnswer answer = answer();
    answer.end("data: x\n\n".getBytes(StandardCharsets.US_ASCII), "0.1");
    assertThatExceptionOfType(KeptAnswer.Released.class)
        .isThrownBy(() -> read(answer).blockLast(Duration.ofSeconds(10)));
    assertThat(bytes()).isZero();
  }

  /** Whose end is noted at once. */
  private KeptAnswer answer() {
    JsonMapper json = JsonMapper.shared();
    return new KeptAnswer(
        UUID.randomUUID(),
        true,
        memory,
        Duration.ofMinutes(1),
        new Answer(json, new ErrorBody(json)),
        (ended, charged) -> ended.stored());
  }

  private static Flux<DataBuffer> read(KeptAnswer answer) {
    return answer.read(new MockServerHttpResponse(), 0, 1);
  }

  private static String text(KeptAnswer answer) {
    return String.join(
        "",
        read(answer)
            .map(piece -> piece.toString(StandardCharsets.US_ASCII))
            .collectList()
            .blockOptional(Duration.ofSeconds(10))
            .orElseThrow());
  }

  private double bytes() {
    return meters.get("r1.answers.bytes").gauge().value();
  }

  private static RelaySettings settings() {
    return new Binder(new MapConfigurationPropertySource(Map.of()))
        .bindOrCreate("r1.api.relay", RelaySettings.class);
  }
}
