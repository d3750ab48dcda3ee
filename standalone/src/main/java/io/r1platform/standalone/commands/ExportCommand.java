package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Export;
import io.r1platform.standalone.admin.ExportFiles;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
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
      "Export a data set, by default this month's, as CSV to standard output.",
      "With --out: files in parts first, manifest.json last, all checked and durable.",
      "Data sets: usage_records, usage_hourly, ledger_entries, and what docs/exports.md has."
    })
final class ExportCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "DATASET")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String dataset;

  @Option(
      names = "--organization",
      paramLabel = "ID",
      description = "Of this organization (default: of all).")
  private @Nullable String organization;

  @Option(
      names = "--columns",
      paramLabel = "NAME",
      split = ",",
      description = "With --out: these columns, in this order (default: all).")
  private List<String> columns = List.of();

  @Option(
      names = "--format",
      defaultValue = "csv",
      description = "csv; with --out also csv.gz, jsonl.gz or parquet.")
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
    LocalDate first = from == null ? today.withDayOfMonth(1) : from;
    LocalDate end = to == null ? today.plusDays(1) : to;
    if (directory != null) {
      var err = spec.commandLine().getErr();
      var files =
          new ExportFiles(dataset, organization, format, first.toString(), end.toString(), columns);
      JsonNode manifest =
          files.deliver(
              invocation.adminApi(),
              directory,
              line -> {
                err.println(line);
                err.flush();
              });
      spec.commandLine()
          .getOut()
          .printf(
              "export rows=%s sum_pico=%s parts=%d%n",
              manifest.path("rows").asString(),
              manifest.path("sum_pico").path("USD").asString("0"),
              manifest.path("parts").size());
      return 0;
    }
    if (!columns.isEmpty()) {
      throw new IllegalArgumentException("--columns needs --out");
    }
    var export = new Export(dataset, organization, format, first, end);
    // Not closed: it is the process's own, not this command's.
    export.copy(invocation.adminApi(), new FileOutputStream(FileDescriptor.out));
    return 0;
  }
}
