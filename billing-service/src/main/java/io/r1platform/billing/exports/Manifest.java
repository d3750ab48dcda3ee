package io.r1platform.billing.exports;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a reader checks files against; written last, so that it exists only beside all of them.
 *
 * @param spec {@code r1-export-2}
 * @param mode {@code overwrite}: the files are all there is of the scope
 * @param to the end, excluded
 * @param organizationId null: all
 * @param projectId null: all of them
 * @param sumPico in 10^-12 of each currency, of all rows; empty if no amount is among the columns
 * @param completeThrough until when all usage was known; null: no gateway lived
 * @param checkpoint of the log of receipts; null: none was signed
 */
record Manifest(
    String spec,
    String dataset,
    String format,
    String mode,
    String from,
    String to,
    @Nullable String organizationId,
    @Nullable String projectId,
    List<ColumnView> columns,
    String rows,
    Map<String, String> sumPico,
    List<File> parts,
    @Nullable String completeThrough,
    @Nullable LogCheckpoint checkpoint) {
  static final String NAME = "manifest.json";
  private static final String SPEC = "r1-export-2";

  record ColumnView(String name, String type, boolean nullable) {}

  record File(String file, String rows, String bytes, String sha256) {}

  static Manifest of(Scope scope, FileFormat format, List<Part> parts, Snapshots.Beside beside) {
    Instant through = beside.completeThrough();
    var sums = new TreeMap<String, BigDecimal>();
    for (Part part : parts) {
      part.sumPico()
          .forEach((currency, pico) -> sums.merge(currency, new BigDecimal(pico), BigDecimal::add));
    }
    var texts = new TreeMap<String, String>();
    sums.forEach((currency, sum) -> texts.put(currency, sum.toPlainString()));
    return new Manifest(
        SPEC,
        scope.dataset().name(),
        format.extension(),
        "overwrite",
        scope.from().toString(),
        scope.to().toString(),
        scope.organizationId() == null ? null : scope.organizationId().toString(),
        scope.projectId() == null ? null : scope.projectId().toString(),
        scope.columns().stream()
            .map(
                column ->
                    new ColumnView(
                        column.name(),
                        column.type() == Column.Type.DECIMAL
                            ? "DECIMAL(38,18)"
                            : column.type().name(),
                        column.nullable()))
            .toList(),
        Long.toString(parts.stream().mapToLong(Part::rows).sum()),
        texts,
        parts.stream()
            .map(
                part ->
                    new File(
                        part.file(),
                        Long.toString(part.rows()),
                        Long.toString(part.bytes()),
                        part.sha256()))
            .toList(),
        through == null ? null : through.toString(),
        LogCheckpoint.of(beside.checkpoint()));
  }
}
