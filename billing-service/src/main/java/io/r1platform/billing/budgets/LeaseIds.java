package io.r1platform.billing.budgets;

/**
 * The leases that one hold was taken from, as they stand in a usage batch. 0: none.
 *
 * @param credit of the organization's credit
 * @param organization of the organization's budget
 * @param project of the project's budget
 * @param key of the key's budget
 */
public record LeaseIds(long credit, long organization, long project, long key) {
  /** No lease at all. */
  public static final LeaseIds NONE = new LeaseIds(0, 0, 0, 0);

  /** The lease of a scope, 0 where there is none. */
  public long of(Scope scope) {
    return switch (scope) {
      case CREDIT -> credit;
      case ORGANIZATION -> organization;
      case PROJECT -> project;
      case KEY -> key;
    };
  }
}
