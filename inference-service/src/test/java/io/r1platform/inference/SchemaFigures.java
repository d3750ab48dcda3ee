package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run by {@code ./r1 test schemas}. */
final class SchemaFigures {
  private static final int SCHEMAS = 500;
  private static final long SEED = 1;
  private final TestDatabase database = TestDatabase.create();

  @Test
  void measure(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake();
        var service =
            RunningService.start(
                database, billing.uri(), directory.resolve("tokens"), SchemasIT.SETTINGS)) {
      var answers = new SchemaAnswers(service);
      SchemaAnswers.Result result = answers.ask(SCHEMAS, SEED);
      int named = 0;
      for (String keyword : SchemaAnswers.UNSUPPORTED) {
        named += answers.refusal(keyword).body().contains("keyword " + keyword + " ") ? 1 : 0;
      }
      Path figures = Files.createDirectories(Path.of("target/figures")).resolve("schemas.txt");
      Files.writeString(
          figures,
          "schemas asked=%d seed=%d stopped=%d valid=%d cut=%d keywords_refused=%d of=%d%n"
              .formatted(
                  SCHEMAS,
                  SEED,
                  result.stopped(),
                  result.stopped() - result.wrong().size(),
                  result.cut(),
                  named,
                  SchemaAnswers.UNSUPPORTED.size()));
      assertThat(result.wrong()).isEmpty();
      assertThat(result.stopped()).isGreaterThan(SCHEMAS / 2);
      assertThat(named).isEqualTo(SchemaAnswers.UNSUPPORTED.size());
    }
  }
}
