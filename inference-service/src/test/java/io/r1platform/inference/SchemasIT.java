package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers are held to schemas; the long form is {@code ./r1 test schemas}. */
final class SchemasIT {
  static final Map<String, String> SETTINGS =
      Map.of("r1.inference.models[0].path", "../models/r1-nano/r1-nano.gguf");

  private static final int SCHEMAS = 50;
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(DATABASE, BILLING.uri(), directory.resolve("tokens"), SETTINGS));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(SERVICE.get()).close();
    BILLING.close();
  }

  private static SchemaAnswers answers() {
    return new SchemaAnswers(Objects.requireNonNull(SERVICE.get()));
  }

  @Test
  void everyAnswerThatStoppedIsValid() throws Exception {
    SchemaAnswers.Result result = answers().ask(SCHEMAS, 2);

    assertThat(result.wrong()).isEmpty();
    assertThat(result.stopped()).isGreaterThan(SCHEMAS / 2);
  }

  @Test
  void everyKeywordThatCannotBeEnforcedIsNamed() throws Exception {
    for (String keyword : SchemaAnswers.UNSUPPORTED) {
      HttpResponse<String> refusal = answers().refusal(keyword);

      assertThat(refusal.statusCode()).as(keyword).isEqualTo(400);
      assertThat(refusal.body()).contains("unsupported_schema", "keyword " + keyword + " ");
    }
  }
}
