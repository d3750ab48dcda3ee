package io.r1platform.billing.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Nodes;
import io.r1platform.receipts.NoteSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was public is not taken back, whatever a database says. */
class LastCheckpointTests {
  private static final Hash LEAF = new Hash(1, 2, 3, 4);
  private static final Nodes ONE = (level, index) -> LEAF;

  @TempDir private Path directory;

  private LastCheckpoint opened(@Nullable Path file, String origin) {
    return new LastCheckpoint(new LogSettings(null, origin, file, null));
  }

  private static String note(String origin, long size, Hash root) {
    return NoteSigner.ofSeed(origin, new byte[32]).sign(new Checkpoint(origin, size, root).text());
  }

  @Test
  void aLogThatContinuesIsSigned() {
    Path file = directory.resolve("c");
    LastCheckpoint first = opened(file, "a/log");
    first.requireContinued(0, ONE);
    first.keep(note("a/log", 1, LEAF));
    first.requireContinued(1, ONE);
    opened(file, "a/log").requireContinued(5, ONE);
  }

  @Test
  void aSmallerOrAnotherLogIsNotSigned() {
    Path file = directory.resolve("c");
    LastCheckpoint running = opened(file, "a/log");
    running.keep(note("a/log", 1, LEAF));
    for (LastCheckpoint kept : new LastCheckpoint[] {running, opened(file, "a/log")}) {
      assertThatThrownBy(() -> kept.requireContinued(0, ONE))
          .hasMessageContaining("the database is older than that");
    }
    assertThatThrownBy(() -> opened(file, "a/log").requireContinued(1, (level, index) -> Hash.ZERO))
        .hasMessageContaining("is not the one whose 1 entries were public");
  }

  @Test
  void anOlderCheckpointIsNotKeptAndANewNameBeginsAnew() throws IOException {
    Path file = directory.resolve("c");
    LastCheckpoint first = opened(file, "a/log");
    first.keep(note("a/log", 9, LEAF));
    first.keep(note("a/log", 1, LEAF));
    first.keep(note("b/log", 20, LEAF));
    assertThat(Files.readString(file)).startsWith("a/log\n9\n");
    LastCheckpoint second = opened(file, "b/log");
    second.requireContinued(2, ONE);
    second.keep(note("b/log", 2, LEAF));
    assertThat(Files.readString(file)).startsWith("b/log\n2\n");
  }

  @Test
  void withoutAFileNothingIsKeptAndABrokenOneIsTold() throws IOException {
    LastCheckpoint none = opened(null, "a/log");
    none.keep(note("a/log", 9, LEAF));
    assertThatCode(() -> none.requireContinued(0, ONE)).doesNotThrowAnyException();
    Path broken = Files.writeString(directory.resolve("broken"), "a/log\n9\n");
    assertThatThrownBy(() -> opened(broken, "a/log"))
        .hasMessageContaining("Cannot read the last checkpoint of the log");
  }
}
