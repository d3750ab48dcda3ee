package io.r1platform.eval.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTests {
  private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");

  @TempDir private Path directory;

  @Test
  void dropsTheLineThatAKillCutOffAndKeepsTheRest() throws Exception {
    Path file = directory.resolve("answers.jsonl");
    try (Journal journal = Journal.open(file, NOW)) {
      journal.add(sample("a", 0, 10));
      journal.add(sample("a", 1, 20));
    }
    Files.writeString(file, "{\"problem\":\"b\",\"sam", StandardOpenOption.APPEND);

    try (Journal journal = Journal.open(file, NOW.plusSeconds(1_000))) {
      assertThat(journal.contents().samples()).hasSize(2);
      assertThat(journal.has("a", 1)).isTrue();
      assertThat(journal.has("b", 0)).isFalse();
      journal.add(sample("b", 0, 1_030));
    }
    Journal.Contents contents = Journal.read(file);
    assertThat(contents.samples()).hasSize(3);
    assertThat(contents.cost()).isEqualByComparingTo("0.0003");
    assertThat(contents.worked()).isEqualTo(Duration.ofSeconds(20 + 30));
  }

  @Test
  void refusesASecondWriter() {
    Path file = directory.resolve("answers.jsonl");
    try (Journal journal = Journal.open(file, NOW)) {
      assertThat(journal.contents().samples()).isEmpty();
      assertThatThrownBy(() -> Journal.open(file, NOW))
          .isInstanceOfAny(OverlappingFileLockException.class, IllegalStateException.class);
    }
  }

  @Test
  void refusesAnAnswerThatComesTwice() throws Exception {
    Path file = directory.resolve("answers.jsonl");
    try (Journal journal = Journal.open(file, NOW)) {
      journal.add(sample("a", 0, 10));
    }
    Files.writeString(file, Files.readString(file) + Files.readAllLines(file).get(1) + "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Journal.read(file))
        .withMessageContaining("comes twice");
  }

  @Test
  void theBudgetNeverPromisesMoreThanItHas() throws Exception {
    var budget = new Budget(new BigDecimal("1"), new BigDecimal("0.4"), new BigDecimal("0.1"));

    assertThat(budget.take()).isTrue();
    assertThat(budget.take()).isTrue(); // 0.1 + 0.8
    budget.settle(new BigDecimal("0.4"));
    budget.settle(new BigDecimal("0.2"));
    assertThat(budget.spent()).isEqualByComparingTo("0.7");
    assertThat(budget.take()).isFalse(); // 0.7 + 0.4
  }

  @Test
  void withoutALimitThereIsNoEnd() throws Exception {
    var budget = new Budget(null, new BigDecimal("5"), BigDecimal.ZERO);

    assertThat(budget.take()).isTrue();
    budget.settle(new BigDecimal("1000"));
    assertThat(budget.take()).isTrue();
  }

  private static Sample sample(String problem, int sample, int second) {
    return new Sample(
        problem,
        sample,
        "id",
        "text",
        null,
        1,
        0,
        1,
        2,
        new BigDecimal("0.0001"),
        "USD",
        "stop",
        5,
        NOW.plusSeconds(second),
        null);
  }
}
