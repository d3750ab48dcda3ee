package io.r1platform.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files and a batch with OpenAI's Java client, from the upload to both files that it writes. */
record OpenAiJavaBatch(Target target, OpenAIClient openai) {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Set<Batch.Status> GOING =
      Set.of(Batch.Status.VALIDATING, Batch.Status.IN_PROGRESS, Batch.Status.FINALIZING);

  void check() {
    FileObject file = upload(line("sum", target.model()) + "\n" + line("nobody", "r2-mega"));
    assertThat(openai.files().retrieve(file.id()).bytes()).isEqualTo(file.bytes());
    Batch batch = ended(create(file.id()));
    assertThat(batch.status()).isEqualTo(Batch.Status.COMPLETED);
    assertThat(batch.metadata().orElseThrow()._allProperties())
        .containsEntry("run", JsonValue.from("java"));
    var counts = batch.requestCounts().orElseThrow();
    assertThat(counts.total()).isEqualTo(2);
    assertThat(counts.completed()).isEqualTo(1);
    assertThat(counts.failed()).isEqualTo(1);

    JsonNode answered = onlyLine(batch.outputFileId().orElseThrow());
    assertThat(answered.path("custom_id").asString()).isEqualTo("sum");
    JsonNode body = answered.at("/response/body");
    assertThat(body.at("/choices/0/message/content").asString()).contains(Target.ANSWER);
    assertThat(body.at("/usage/cost").asString()).matches("0\\.\\d+");
    JsonNode refused = onlyLine(batch.errorFileId().orElseThrow());
    assertThat(refused.path("custom_id").asString()).isEqualTo("nobody");
    assertThat(refused.at("/response/status_code").asInt()).isEqualTo(404);

    assertThat(openai.batches().list().autoPager()).anyMatch(one -> one.id().equals(batch.id()));
    assertThat(openai.files().delete(file.id()).deleted()).isTrue();
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> openai.files().retrieve(file.id()));
  }

  private static String line(String name, String model) {
    return """
        {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"%s",\
        "temperature":0,"messages":[{"role":"user","content":"%s"}]}}\
        """
        .formatted(name, model, Target.QUESTION);
  }

  private FileObject upload(String lines) {
    try {
      Path input = Files.writeString(Files.createTempFile("questions", ".jsonl"), lines);
      try {
        return openai
            .files()
            .create(FileCreateParams.builder().file(input).purpose(FilePurpose.BATCH).build());
      } finally {
        Files.delete(input);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Batch create(String file) {
    return openai
        .batches()
        .create(
            BatchCreateParams.builder()
                .inputFileId(file)
                .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .metadata(
                    BatchCreateParams.Metadata.builder()
                        .putAdditionalProperty("run", JsonValue.from("java"))
                        .build())
                .build());
  }

  private Batch ended(Batch created) {
    var seen = new AtomicReference<>(created);
    boolean ended =
        Await.until(
            LIMIT,
            () -> {
              seen.set(openai.batches().retrieve(created.id()));
              return !GOING.contains(seen.get().status());
            });
    assertThat(ended).as("the batch has ended").isTrue();
    return seen.get();
  }

  private JsonNode onlyLine(String file) {
    try (var content = openai.files().content(file)) {
      String text = new String(content.body().readAllBytes(), StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      assertThat(lines).hasSize(1);
      return JsonMapper.shared().readTree(lines.getFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
