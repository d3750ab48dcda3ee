package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.Chat.Answer;
import io.r1platform.standalone.supervisor.Operator;
import io.r1platform.testing.Figures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The console in Chromium. */
@ExtendWith(PlatformExtension.class)
class ConsoleIT {
  private final Platform platform;

  ConsoleIT(Platform platform) {
    this.platform = platform;
  }

  @BeforeAll
  static void chromiumIsThereWhereItMustBe() {
    Chromium.require(System.getenv(), ConsoleIT::show);
  }

  private static void show(String line) {
    Figures.writeLine("console", line);
    System.out.println(line); // ./r1 test shows this line
  }

  @Test
  void showsWhatWasChargedAndMakesKeysThatWorkUntilTheyAreRevoked() throws Exception {
    Answer answer = platform.chat().stream("What is 347 + 589?", Chat.NEVER);
    String cost = platform.inLedger(answer.requestId()).path("cost").asString();
    platform.reconciled();

    Path log = Path.of("target", "console.log");
    var builder =
        new ProcessBuilder("node", Path.of("src", "test", "js", "console.mjs").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.put("R1_URL", platform.url());
    environment.put("R1_EMAIL", Operator.EMAIL);
    environment.put("R1_PASSWORD", platform.operatorPassword());
    environment.put("R1_REQUEST", answer.requestId().toString());
    environment.put("R1_COST", cost);
    environment.put("R1_CHROMIUM", Chromium.find(System.getenv()).orElseThrow().toString());
    Process node = builder.start();
    boolean ended = Platform.ends(node);
    String printed = Files.readString(log, StandardCharsets.UTF_8).strip();
    assertThat(ended).as(printed).isTrue();
    assertThat(node.exitValue()).as(printed).isZero();
    Figures.write("console", printed);
  }
}
