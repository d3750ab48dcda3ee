package io.r1platform.billing.bundles;

/**
 * Why an invoice has no bundle.
 *
 * @param code what it is
 * @param what for people
 */
record Missing(Code code, String what) {
  /** Every reason. */
  enum Code {
    /** It is looked at within minutes. */
    SOON,
    /** Its month runs, or it is a draft. */
    DRAFT,
    /** It was made void before it had one. */
    VOID,
    /** The log has no key to sign with. */
    KEY,
    /** A record of it is held and nobody has decided. */
    HELD,
    /** The bundle of an earlier month comes first. */
    EARLIER,
    /** A record of it is not in the log yet. */
    LOG,
    /** Some of its records have left the database. */
    RETIRED,
    /** Its records are not what its lines charge. */
    LINES,
    /** The log says something else of the month. */
    CHANGED,
    /** An error of ours; it is tried again. */
    FAILED
  }
}
