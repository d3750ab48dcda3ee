package io.r1platform.billing.observability;

/** Every metric of this service, with its tags and how many values each has. */
public enum BillingMetric {
  /** Timer of a usage or engine batch; tag {@code source} (2). */
  BATCH("r1.billing.batch"),
  /** Items taken; tags {@code source} (2), {@code result} (4). */
  ITEMS("r1.billing.items"),
  /** Items held, never posted; tag {@code reason} (7). Alarm above 0. */
  HELD("r1.billing.held"),
  /** Held records that nobody has decided; blocks closing. Alarm above 0 for a day. */
  HELD_OPEN("r1.billing.held.open"),
  /** Seconds since a gateway's stream first went on without what is expected. Alarm above 60. */
  STREAM_GAP("r1.billing.stream.gap.seconds"),
  /** Of today and the next two days, those without a partition. Alarm above 0. */
  PARTITIONS_MISSING("r1.billing.partitions.missing"),
  /** Old days that could not leave the database last night. Alarm above 0. */
  RETENTION_OVERDUE("r1.billing.retention.overdue"),
  /** Answers that were failures; tag {@code code} (one per error code). */
  ERRORS("r1.billing.errors"),
  /** Exports streamed to their end; tag {@code dataset} (one per dataset). */
  EXPORTS("r1.billing.exports"),
  /** Export jobs that ended; tag {@code result} (3): RETRY is a schedule's. Alarm on FAILED. */
  EXPORT_JOBS("r1.billing.exports.jobs"),
  /** Export schedules whose last run failed, or takes hours. Alarm above 0. */
  EXPORT_SCHEDULES_LATE("r1.billing.exports.schedules.late"),
  /**
   * Differences that billing found by itself; tag {@code scope}: {@code recent} requests, {@code
   * sums} of two days, {@code day} for every request of each hot day, {@code law} for the
   * conservation law. Alarm above 0.
   */
  DIFFERENCES("r1.billing.reconciliation.differences"),
  /** Leases refused; tag {@code scope} (4). */
  DENIALS("r1.billing.budgets.denials"),
  /** Sums charged without room in a lease; tag {@code cause} (3). Alarm on MISSING, OVERRUN. */
  UNLEASED("r1.billing.budgets.unleased"),
  /** Items of the budgets' jobs that failed; tag {@code job} (4). Alarm when it rises. */
  BUDGET_JOBS_FAILED("r1.billing.budgets.jobs.failed"),
  /**
   * Invoices finalized without saying which records they bill; tag {@code why} (2): LOG a record
   * was not logged yet, LINES the records are not what the lines charge.
   */
  USAGE_ROOTLESS("r1.billing.invoices.rootless"),
  /** Bundles of invoices, one for each attempt; tag {@code result} (2). */
  BUNDLES("r1.billing.bundles"),
  /** Finalized invoices that should have had a bundle a day ago. Alarm above 0. */
  BUNDLES_OVERDUE("r1.billing.bundles.overdue"),
  /** Attempts to deliver an alert; tag {@code result} (3). Alarm on GIVEN_UP. */
  ALERTS("r1.billing.budgets.alerts"),
  /**
   * Events of payment providers; tags {@code provider} (1), {@code result} (5). Alarm on REFUSED.
   */
  PAYMENT_EVENTS("r1.billing.payments.events"),
  /** Age in seconds of the oldest record that is not in the log of receipts. Alarm above 60. */
  LOG_WAITING("r1.billing.log.waiting.seconds"),
  /** Entries of the log of receipts. */
  LOG_SIZE("r1.billing.log.size"),
  /**
   * Seconds since the folder of the log was last as far as the log; 0 without a folder. Alarm above
   * 300.
   */
  LOG_FOLDER_BEHIND("r1.billing.log.folder.behind.seconds"),
  /** Requests re-rated, adjustments changed; tag {@code kind} (4). Alarm on FAILED. */
  ADJUSTMENTS("r1.billing.adjustments"),
  /** Months that the job closed, or could not; tag {@code result} (2). Alarm on FAILED. */
  INVOICES("r1.billing.invoices"),
  /**
   * Drafts that wait too long; tag {@code blocker} (9): each under all that blocks it, {@code NONE}
   * where nothing does. Alarm above 0.
   */
  INVOICES_WAITING("r1.billing.invoices.waiting"),
  /** Attempts to deliver an invoice; tag {@code result} (3). Alarm on GIVEN_UP. */
  DELIVERIES("r1.billing.invoices.deliveries");

  private final String meterName;

  BillingMetric(String meterName) {
    this.meterName = meterName;
  }

  /** The name in the registry. */
  public String meterName() {
    return meterName;
  }
}
