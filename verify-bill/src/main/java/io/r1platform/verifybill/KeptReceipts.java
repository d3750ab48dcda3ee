package io.r1platform.verifybill;

import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.UsageRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The receipts that the tenant kept, to be found in the bundle once each and unchanged. */
final class KeptReceipts {
  private record Kept(UsageRecord record, String where) {}

  private static final Pattern RECEIPT = Pattern.compile("\\bv1\\.[A-Za-z0-9_-]+");

  private final Map<UUID, Kept> kept = new HashMap<>();
  private final @Nullable YearMonth previous;
  private int otherMonths;

  /** None. */
  KeptReceipts() {
    previous = null;
  }

  /**
   * Reads a file, or all files of a directory. A line holds a receipt, as in {@code
   * x-usage-receipt: v1.…} and in what {@code /v1/receipts} answers; empty lines are passed over.
   *
   * @param previous an earlier month whose bundle is looked at as well; null: none
   * @throws NotGenuine if a line holds none, it is not the organization's, or two of one id differ
   */
  KeptReceipts(Path path, MonthStatement statement, @Nullable YearMonth previous)
      throws IOException {
    this.previous = previous;
    if (!Files.isDirectory(path)) {
      read(path, statement);
      return;
    }
    List<Path> files;
    try (var found = Files.list(path)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      read(file, statement);
    }
  }

  private void read(Path file, MonthStatement statement) throws IOException {
    try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          Matcher receipt = RECEIPT.matcher(line);
          add(
              receipt.find() ? receipt.group() : line.strip(),
              "%s:%d".formatted(file.getFileName(), number),
              statement);
        }
      }
    }
  }

  private void add(String receipt, String where, MonthStatement statement) {
    UsageRecord record;
    try {
      record = UsageRecord.ofReceipt(receipt);
    } catch (NotGenuine e) {
      throw new NotGenuine("receipt %s: %s".formatted(where, e.getMessage()), e);
    }
    if (record.organizationId() != statement.organizationId()) {
      throw new NotGenuine(
          "receipt %s is of organization %d, the bundle of %d"
              .formatted(where, record.organizationId(), statement.organizationId()));
    }
    YearMonth month = YearMonth.from(record.admittedAt().atOffset(ZoneOffset.UTC));
    if (!month.equals(statement.month()) && !month.equals(previous)) {
      otherMonths++;
      return;
    }
    Kept before = kept.putIfAbsent(record.eventId(), new Kept(record, where));
    if (before != null && !before.record.equals(record)) {
      throw new NotGenuine(
          "receipts %s and %s of request %s differ"
              .formatted(before.where, where, record.eventId()));
    }
  }

  /** How many of the month are to be found. */
  int size() {
    return kept.size();
  }

  /** How many are of other months. */
  int otherMonths() {
    return otherMonths;
  }

  /**
   * Compares a record of the bundle.
   *
   * @throws NotGenuine if the tenant's receipt says something else
   */
  void compare(UsageRecord record) {
    Kept mine = kept.isEmpty() ? null : kept.remove(record.eventId());
    if (mine != null && !mine.record.equals(record)) {
      throw new NotGenuine("it differs from the receipt that you kept, %s".formatted(mine.where));
    }
  }

  /**
   * After all records.
   *
   * @throws NotGenuine if one was not in the bundle
   */
  void allFound() {
    kept.values().stream()
        .findFirst()
        .ifPresent(
            missing -> {
              throw new NotGenuine(
                  "receipt %s, of request %s, is not in the bundle%s"
                      .formatted(
                          missing.where,
                          missing.record.eventId(),
                          previous == null
                              ? "; if its record came late, it is in the next month's"
                              : " nor in the previous one"));
            });
  }
}
