package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.supervisor.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is known of one request. */
@Command(
    name = "trace",
    description = {
      "Show what is known of one request: its trace id, the log lines of all three services",
      "that name it, and its row as the console shows it, if it ran. Last line: trace lines=…"
    })
final class Trace implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "ID",
      description = "The header x-request-id of its answer; the id of a completion has it too.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String id;

  Trace(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    UUID request = UUID.fromString(id.replaceFirst("^(chatcmpl|cmpl)-", ""));
    AdminApi api = invocation.adminApi();
    PrintWriter out = spec.commandLine().getOut();
    out.println("trace id: " + request.toString().replace("-", ""));
    long lines = 0;
    for (Part part : Part.values()) {
      for (Path log : logs(part)) {
        lines += show(part.service(), log, request.toString(), out);
      }
    }
    out.println(row(api, request));
    out.println("trace lines=" + lines);
    return 0;
  }

  private static String row(AdminApi api, UUID request) {
    try {
      return api.get("/admin/api/requests/" + request).toPrettyString();
    } catch (IllegalStateException e) { // it was refused before it ran, or is too old
      return "the console has no such request: " + e.getMessage();
    }
  }

  /** The log and what was rotated of it, the oldest first. */
  private List<Path> logs(Part part) {
    String name = part.service() + ".log";
    try (Stream<Path> all = Files.list(invocation.home().logs())) {
      return all.filter(file -> file.getFileName().toString().startsWith(name))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long show(String service, Path log, String request, PrintWriter out) {
    try (Stream<String> all = Files.lines(log, StandardCharsets.UTF_8)) {
      return all.filter(line -> line.contains(request))
          .peek(line -> out.println("%-17s | %s".formatted(service, line)))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
