package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The usage file against the ledger. */
@ExtendWith(PlatformExtension.class)
class ExportIT {
  private final Platform platform;

  ExportIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void sumsToTheLedgerToThePicoDollar(@TempDir Path directory) throws Exception {
    Chat chat = platform.chat();
    for (int number = 1; number <= 5; number++) {
      assertThat(chat.stream("What is %d + 58?".formatted(number), Chat.NEVER).done()).isTrue();
    }
    Reconciliation clean = platform.reconciled();
    UsageFile file = UsageFile.export(platform, directory);

    BigInteger ledger = clean.ledgerCost().movePointRight(12).toBigIntegerExact();
    assertThat(file.sum()).isPositive().isEqualTo(ledger);
    assertThat(file.manifest().path("sum_pico").path("USD").asString())
        .isEqualTo(ledger.toString());
    assertThat(file.manifest().path("rows").asString()).isEqualTo("" + file.picos().size());
    assertThat(file.picos()).hasSize(clean.requests().intValueExact());
    assertThat(subAccounts(directory.resolve("focus")))
        .as("as they were called when they were made")
        .contains("Default")
        .noneMatch(name -> name.matches("Project \\d+"));
    Figures.write(
        "export",
        "rows=%d csv_pico=%s manifest_pico=%s ledger_pico=%s difference=%s"
            .formatted(
                file.picos().size(),
                file.sum(),
                file.manifest().path("sum_pico").path("USD").asString(),
                ledger,
                file.sum().subtract(ledger)));
  }

  /** What the month's charges in FOCUS call the projects, once billing was told all names. */
  private List<String> subAccounts(Path place) throws IOException {
    JdbcClient database = platform.database();
    Platform.awaitThat(
        "billing was told all names",
        () ->
            database
                .sql("select not exists (select from api.name_outbox)")
                .query(Boolean.class)
                .single());
    Platform.Printed export =
        platform.r1(
            "export",
            "focus_cost_and_usage",
            "--format=csv",
            "--columns=SubAccountName,x_ChargeId",
            "--out=" + place);
    assertThat(export.exit()).as(export.text()).isZero();
    return Files.readAllLines(place.resolve("focus_cost_and_usage-00001.csv")).stream()
        .skip(1)
        .map(row -> row.split(",", -1)[0])
        .toList();
  }
}
