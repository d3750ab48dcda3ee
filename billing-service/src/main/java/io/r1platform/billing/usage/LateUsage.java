package io.r1platform.billing.usage;

import io.r1platform.billing.retention.RetiredUsage;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** A record that comes late may be a duplicate, or contradict what was posted in its time. */
@Component
class LateUsage {
  private static final Logger LOG = LoggerFactory.getLogger(LateUsage.class);

  private static final Set<HeldReason> LOOKED_UP = EnumSet.of(HeldReason.LATE, HeldReason.GIVEN_UP);

  private final UsageTable table;
  private final RetiredUsage retired;

  LateUsage(UsageTable table, RetiredUsage retired) {
    this.table = table;
    this.retired = retired;
  }

  /**
   * Takes duplicates out of the items that are late or were given up, and marks conflicts; the
   * others stay what they are.
   */
  void settle(Map<UsageBatch.Item, HeldReason> heldItems) {
    List<UsageBatch.Item> late =
        heldItems.entrySet().stream()
            .filter(entry -> LOOKED_UP.contains(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (late.isEmpty()) {
      return;
    }
    Map<UUID, String> leaves;
    try {
      leaves = leaves(late.stream().map(UsageBatch.Item::record).toList());
    } catch (UncheckedIOException e) {
      LOG.error("late records stay held, for a person to look at", e);
      return;
    }
    for (UsageBatch.Item item : late) {
      String leaf = leaves.get(item.record().eventId());
      if (item.leaf().equals(leaf)) {
        heldItems.remove(item);
      } else if (leaf != null) {
        heldItems.put(item, HeldReason.CONFLICT);
      }
    }
  }

  /**
   * The content hashes of those of the records that were posted ever, here or in files.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  Map<UUID, String> leaves(Collection<UsageRecord> records) {
    Map<UUID, String> found = new HashMap<>(table.leaves(records));
    var elsewhere = new HashMap<UUID, LocalDate>();
    for (UsageRecord record : records) {
      if (!found.containsKey(record.eventId())) {
        elsewhere.put(record.eventId(), record.bucket());
      }
    }
    found.putAll(retired.leaves(elsewhere));
    return found;
  }
}
