package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Export;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Hands out a data set, checked against its manifest. */
@Command(
    name = "export",
    description = {
      "Export a data set (usage_records, ledger_entries), by default this month's, to standard output.",
      "With --out: the file first, manifest.json last, both checked and durable."
    })
final class ExportCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "DATASET")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String dataset;

  @Option(names = "--format", defaultValue = "csv", description = "csv")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String format;

  @Option(names = "--from", description = "First UTC day (default: the first of this month).")
  private @Nullable LocalDate from;

  @Option(names = "--to", description = "The UTC day after the last (default: tomorrow).")
  private @Nullable LocalDate to;

  @Option(names = "--out", paramLabel = "DIR", description = "Write into this directory.")
  private @Nullable Path directory;

  ExportCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    LocalDate today = LocalDate.ofInstant(invocation.clock().instant(), ZoneOffset.UTC);
    var export =
        new Export(
            dataset,
            format,
            from == null ? today.withDayOfMonth(1) : from,
            to == null ? today.plusDays(1) : to);
    if (directory != null) {
      JsonNode manifest = export.deliver(invocation.adminApi(), directory);
      spec.commandLine()
          .getOut()
          .printf(
              "export rows=%s sum_pico=%s sha256=%s%n",
              manifest.path("rows").asString(),
              manifest.path("sum_pico").path("USD").asString("0"),
              manifest.path("sha256").asString());
      return 0;
    }
    // Not closed: it is the process's own, not this command's.
    export.copy(invocation.adminApi(), new FileOutputStream(FileDescriptor.out));
    return 0;
  }
}
