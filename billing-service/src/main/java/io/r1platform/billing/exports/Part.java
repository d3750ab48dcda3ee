package io.r1platform.billing.exports;

import java.util.Map;

/**
 * One file of an export.
 *
 * @param no from 1 on
 * @param sumPico in 10^-12 of each currency
 * @param inputSha256 of the rows as PostgreSQL sent them, by which a resumed export knows that the
 *     file is still right
 * @param childPeakKib what the process that wrote it took of memory at most
 */
record Part(
    int no,
    String file,
    long rows,
    Map<String, String> sumPico,
    long bytes,
    String sha256,
    String inputSha256,
    long childPeakKib) {
  Part {
    sumPico = Map.copyOf(sumPico);
  }

  static String name(Scope scope, FileFormat format, int no) {
    return "%s-%05d.%s".formatted(scope.dataset().name(), no, format.extension());
  }
}
