package io.r1platform.billing.ledger;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Something else than usage was posted to what organizations owe, invoiced or not; published in the
 * transaction that posts it.
 *
 * @param tenants whose
 */
public record OwedChanged(Set<Long> tenants) {
  /** Copies. */
  public OwedChanged {
    tenants = Set.copyOf(tenants);
  }

  static OwedChanged of(Collection<Entry> entries) {
    return new OwedChanged(
        entries.stream()
            .map(Entry::place)
            .filter(p -> p.account() == Account.ACCRUED || p.account() == Account.RECEIVABLE)
            .map(Entry.Place::tenantId)
            .collect(Collectors.toUnmodifiableSet()));
  }
}
