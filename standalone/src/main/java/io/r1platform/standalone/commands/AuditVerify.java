package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AuditCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Computes the hashes of the audit trail again. */
@Command(
    name = "verify",
    description = {
      "Compute the hashes of all chains of the audit trail again, now.",
      "Prints the newest row, to be kept elsewhere, and each broken chain (0: the site's);",
      "last line: audit events=… broken=0. Exit code 0 only if no chain is broken."
    })
final class AuditVerify implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  AuditVerify(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    AuditCheck check = AuditCheck.run(invocation.adminApi());
    var out = spec.commandLine().getOut();
    out.println("newest: " + check.newest());
    check.broken().forEach(chain -> out.println("broken: chain " + chain));
    out.println(check.line());
    return check.isWhole() ? 0 : 1;
  }
}
