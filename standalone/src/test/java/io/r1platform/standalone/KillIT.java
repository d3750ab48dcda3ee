package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.supervisor.Part;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL for each process in turn, under load. */
@ExtendWith(PlatformExtension.class)
class KillIT {
  private final Platform platform;

  KillIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void losesAndDoublesNothingWhicheverProcessIsKilled(@TempDir Path directory) throws Exception {
    Load load = new Load(platform.chat());
    try (load) {
      load.awaitAnswers();
      for (Part part : List.of(Part.INFERENCE, Part.BILLING, Part.API)) {
        platform.awaitRestart(part.service(), platform.kill(part.service()));
        load.awaitAnswers();
      }
      platform.kill(Part.SUPERVISOR);
      load.awaitAnswers(); // its children go on
      platform.up();
      load.awaitAnswers();
      platform.awaitRestart(Part.POSTGRES, platform.kill(Part.POSTGRES));
      load.awaitAnswers();
    }

    Reconciliation clean = platform.reconciled();
    UsageFile file = UsageFile.export(platform, directory);
    assertThat(file.picos()).hasSize(clean.requests().intValueExact());
    Map<UUID, BigInteger> charged = file.picos();
    load.whole()
        .forEach(
            (id, cost) ->
                assertThat(charged.get(id))
                    .as("charge of " + id)
                    .isEqualTo(cost.movePointRight(12).toBigIntegerExact()));
    assertThat(clean.settled())
        .allMatch(orphan -> orphan.matches("\\S{36} settled as \\S.*"))
        .noneMatch(orphan -> load.whole().containsKey(UUID.fromString(orphan.substring(0, 36))));
    Figures.write(
        "kill",
        "killed=5 whole=%d broken=%d finals=%s usage_records=%d orphans=%d difference=%s"
            .formatted(
                load.whole().size(),
                load.broken(),
                clean.requests(),
                file.picos().size(),
                clean.settled().size(),
                clean.unexplained()));
  }
}
