package io.r1platform.springai;

import io.micrometer.observation.ObservationRegistry;
import io.r1platform.engine.EngineOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;

/** The model that the repository carries, in an engine of its own. */
final class Nano implements AutoCloseable {
  static final Path FILE = Path.of("../models/r1-nano/r1-nano.gguf").toAbsolutePath().normalize();
  static final String SUM = "What is 347 + 589?";

  final R1ChatModel model;
  final EmbeddedEngine engine;
  final List<Object> published = new CopyOnWriteArrayList<>();

  Nano(ObservationRegistry observations, int running, int waiting) {
    engine =
        new EmbeddedEngine(
            EngineOptions.defaults(FILE).withRequests(running, waiting),
            Duration.ofSeconds(20),
            published::add);
    engine.start();
    model =
        new R1ChatModel(
            engine,
            R1ChatOptions.builder().model("r1-nano").temperature(0.0).build(),
            Duration.ofMinutes(5),
            observations,
            new DefaultChatModelObservationConvention());
  }

  @Override
  public void close() {
    engine.stop();
  }

  static AssistantMessage message(ChatResponse response) {
    return Objects.requireNonNull(response.getResult()).getOutput();
  }

  static String text(ChatResponse response) {
    return String.valueOf(message(response).getText());
  }

  static String reasoning(ChatResponse response) {
    return String.valueOf(message(response).getMetadata().get("reasoningContent"));
  }

  static boolean thought(ChatResponse response) {
    return Boolean.TRUE.equals(message(response).getMetadata().get("isThought"));
  }

  static String finish(ChatResponse response) {
    return String.valueOf(
        Objects.requireNonNull(response.getResult()).getMetadata().getFinishReason());
  }

  static R1Usage usage(ChatResponse response) {
    return (R1Usage) Objects.requireNonNull(response.getMetadata().getUsage().getNativeUsage());
  }
}
