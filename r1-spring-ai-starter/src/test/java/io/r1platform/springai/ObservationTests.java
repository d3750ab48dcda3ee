package io.r1platform.springai;

import static io.r1platform.springai.Nano.SUM;
import static io.r1platform.springai.Nano.finish;
import static io.r1platform.springai.Nano.reasoning;
import static io.r1platform.springai.Nano.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelMeterObservationHandler;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;

/** What is observed of good, cancelled and refused calls. */
@Timeout(120)
class ObservationTests {
  private final BlockingQueue<ChatModelObservationContext> stopped = new LinkedBlockingQueue<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Nano nano;

  @BeforeEach
  void start() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(new ChatModelMeterObservationHandler(meters))
        .observationHandler(new Recorder());
    nano = new Nano(registry, 1, 1);
  }

  @AfterEach
  void stop() {
    nano.close();
  }

  @Test
  void aGoodCallIsObservedAsGenAi() throws Exception {
    R1Usage usage = usage(nano.model.call(new Prompt(SUM)));

    ChatModelObservationContext context = next();
    assertThat(context.getName()).isEqualTo("gen_ai.client.operation");
    assertThat(context.getLowCardinalityKeyValue("gen_ai.request.model"))
        .isEqualTo(KeyValue.of("gen_ai.request.model", "r1-nano"));
    assertThat(context.getHighCardinalityKeyValue("gen_ai.usage.output_tokens"))
        .isEqualTo(KeyValue.of("gen_ai.usage.output_tokens", String.valueOf(usage.output())));
    assertThat(
            meters
                .get("gen_ai.client.token.usage")
                .tag("gen_ai.token.type", "output")
                .counter()
                .count())
        .isEqualTo(usage.output());
  }

  /** The engine is fast: it may finish before the cancel, so it is tried again. */
  @Test
  void cancelledStreamCarriesReasoningAndUsage() throws Exception {
    ChatResponse seen = cancelled();
    for (int attempt = 1; attempt < 20 && !finish(seen).equals("CANCELLED"); attempt++) {
      seen = cancelled();
    }

    assertThat(finish(seen)).isEqualTo("CANCELLED");
    assertThat(reasoning(seen)).isNotEmpty();
    assertThat(usage(seen).prompt()).isPositive();
    assertThat(usage(seen).output()).isPositive();
    assertThat(usage(seen).reasoning()).isEqualTo(usage(seen).output());
    assertThat(Nano.text(nano.model.call(new Prompt(SUM)))).contains("936");
  }

  private ChatResponse cancelled() throws InterruptedException {
    var first = nano.model.stream(new Prompt(SUM)).blockFirst(Duration.ofSeconds(30));
    assertThat(first).isNotNull();
    ChatModelObservationContext context = next();
    assertThat(context.getError()).isNull();
    return Objects.requireNonNull(context.getResponse());
  }

  @Test
  void aRefusalIsObservedAsAnError() throws Exception {
    var other = new Prompt(SUM, ChatOptions.builder().temperature(-1.0).build());

    assertThatThrownBy(() -> nano.model.call(other)).isInstanceOf(R1Exception.class);

    assertThat(next().getError()).isInstanceOf(R1Exception.class);
  }

  /** One runs and one waits: of so many at once, some are refused, and all have an end. */
  @Test
  void aFullQueueRefusesAndNobodyHangs() throws Exception {
    int calls = 8;
    for (int i = 0; i < calls; i++) {
      nano.model.stream(new Prompt(SUM)).subscribe(part -> {}, failure -> {});
    }

    int refused = 0;
    for (int i = 0; i < calls; i++) {
      if (next().getError() instanceof R1Exception e) {
        assertThat(e.reason()).isEqualTo(R1Exception.Reason.OVERLOADED);
        refused++;
      }
    }
    assertThat(refused).isBetween(1, calls - 1);
  }

  /** Running streams end with their text or with an error that tells the usage. */
  @Test
  void stopEndsEveryStream() throws Exception {
    nano.model.stream(new Prompt(SUM)).subscribe(part -> {}, failure -> {});

    nano.close();

    assertThat(usage(Objects.requireNonNull(next().getResponse())).output()).isPositive();
    assertThatThrownBy(() -> nano.model.call(new Prompt(SUM))).isInstanceOf(R1Exception.class);
  }

  private ChatModelObservationContext next() throws InterruptedException {
    return Objects.requireNonNull(stopped.poll(60, TimeUnit.SECONDS), "no observation stopped");
  }

  private final class Recorder implements ObservationHandler<ChatModelObservationContext> {
    @Override
    public void onStop(ChatModelObservationContext context) {
      stopped.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context instanceof ChatModelObservationContext;
    }
  }
}
