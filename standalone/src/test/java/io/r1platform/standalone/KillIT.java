package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
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
  private static final int MOST_KILLS = 10;
  private final Platform platform;

  KillIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void losesAndDoublesNothingWhicheverProcessIsKilled(@TempDir Path directory) throws Exception {
    int killed = 4; // and the gateway, once or more
    Load load = new Load(platform.chat());
    try (load) {
      load.awaitAnswers();
      for (Part part : List.of(Part.INFERENCE, Part.BILLING)) {
        platform.awaitRestart(part.service(), platform.kill(part.service()));
        load.awaitAnswers();
      }
      killed += killGatewaysUntilAnOrphanArises(load);
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
        .isNotEmpty()
        .allMatch(orphan -> orphan.matches("\\S{36} settled as \\S.*"))
        .noneMatch(orphan -> load.whole().containsKey(UUID.fromString(orphan.substring(0, 36))));
    Figures.write(
        "kill",
        "killed=%d whole=%d broken=%d finals=%s usage_records=%d orphans=%d difference=%s"
            .formatted(
                killed,
                load.whole().size(),
                load.broken(),
                clean.requests(),
                file.picos().size(),
                clean.settled().size(),
                clean.unexplained()));
  }

  /** An orphan is a request whose gateway died between ADMIT and FINAL. Returns the kills. */
  private int killGatewaysUntilAnOrphanArises(Load load) {
    for (int kills = 1; kills <= MOST_KILLS; kills++) {
      String gateway = Part.API.service();
      platform.awaitRestart(gateway, platform.kill(gateway));
      load.awaitAnswers();
      var report = platform.admin().get("/admin/api/reconciliation");
      if (!Reconciliation.of(report).settled().isEmpty()) {
        return kills;
      }
    }
    throw new AssertionError("no orphan in " + MOST_KILLS + " kills under load");
  }
}
