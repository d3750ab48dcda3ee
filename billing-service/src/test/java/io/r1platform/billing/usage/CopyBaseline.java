package io.r1platform.billing.usage;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.prices.PriceBook;
import java.util.List;
import java.util.UUID;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Plain COPY of a batch, and nothing else, into a table with the columns, partitions, checks, keys
 * and indexes of the usage table: what the store alone can take.
 */
final class CopyBaseline {
  private final UsageTable table;
  private final UsageJudge judge;
  private final TransactionTemplate transaction;

  CopyBaseline(BillingFixture billing) {
    String today = billing.clock().instant().toString().substring(0, 10);
    for (String sql :
        List.of(
            "create table billing.copied (like billing.usage_record including all)"
                + " partition by range (bucket)",
            "create table billing.copied_1 partition of billing.copied"
                + " for values from ('%s'::date - 1) to ('%s'::date)".formatted(today, today),
            "create table billing.copied_2 partition of billing.copied"
                + " for values from ('%s'::date) to ('%s'::date + 2)".formatted(today, today),
            "grant select, insert on billing.copied to r1_billing")) {
      billing.database().execute(sql);
    }
    this.table = billing.bean(UsageTable.class);
    this.transaction = billing.bean(TransactionTemplate.class);
    this.judge = new UsageJudge(billing.bean(PriceBook.class).current(), billing.clock().instant());
  }

  boolean copy(UsageBatch batch) {
    List<UsageTable.Row> rows =
        batch.items().stream()
            .map(
                item ->
                    switch (judge.judge(item.record())) {
                      case UsageJudge.Postable postable ->
                          new UsageTable.Row(item, postable.version());
                      case UsageJudge.Held held -> throw new IllegalStateException(held.toString());
                    })
            .toList();
    transaction.executeWithoutResult(status -> table.copy("copied", rows, new UUID(0, 0)));
    return true;
  }
}
