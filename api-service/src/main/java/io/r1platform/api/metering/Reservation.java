package io.r1platform.api.metering;

/**
 * What is held for a request while it runs, and the leases that it was taken from.
 *
 * @param pico the worst case, not negative
 * @param credit lease of the organization's credit; 0: none
 * @param organization lease of the organization's budget; 0: none
 * @param project lease of the project's budget; 0: none
 * @param key lease of the key's budget; 0: none
 */
public record Reservation(long pico, long credit, long organization, long project, long key) {
  /** Nothing is held: what a peer writes for a request that was lost. */
  public static final Reservation NONE = new Reservation(0, 0, 0, 0, 0);

  public Reservation {
    if (pico < 0 || credit < 0 || organization < 0 || project < 0 || key < 0) {
      throw new IllegalArgumentException("negative part of a reservation");
    }
  }

  /** Whether some lease stands for it: credit binds everybody. */
  boolean isCovered() {
    return credit > 0;
  }
}
