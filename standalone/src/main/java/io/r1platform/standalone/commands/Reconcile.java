package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.processes.Await;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares engine, journal, usage and ledger. */
@Command(
    name = "reconcile",
    description = {
      "Wait up to 30 s until all usage has arrived, then compare engine, journal, usage and ledger.",
      "Prints each settled orphan and each difference; last line: reconcile engine=… journal=…",
      "usage=… ledger=… difference=0 (tokens; engine without what is waived with a cause; the ledger",
      "holds money, its tokens are the usage's where the cost is the same to the pico-dollar).",
      "Exit code 0 only if the difference is 0."
    })
final class Reconcile implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(names = "--day", paramLabel = "YYYY-MM-DD", description = "only requests of this UTC day")
  private @Nullable LocalDate day;

  Reconcile(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    AdminApi api = invocation.adminApi();
    var last = new AtomicReference<>(look(api));
    Await.until(
        LIMIT,
        () -> {
          if (!last.get().isClean()) {
            last.set(look(api));
          }
          return last.get().isClean();
        });
    Reconciliation result = last.get();
    var out = spec.commandLine().getOut();
    result.settled().forEach(orphan -> out.println("orphan: " + orphan));
    if (result.unlisted() > 0) {
      out.println("orphan: and %d older ones".formatted(result.unlisted()));
    }
    result.pending().forEach(what -> out.println("pending: " + what));
    result.differences().forEach(difference -> out.println("difference: " + difference));
    out.println(result.line());
    return result.isClean() ? 0 : 1;
  }

  private Reconciliation look(AdminApi api) {
    return Reconciliation.of(
        api.get("/admin/api/reconciliation" + (day == null ? "" : "?day=" + day)));
  }
}
