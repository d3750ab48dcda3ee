package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.BIGINT;
import static io.r1platform.billing.exports.Column.Type.DECIMAL;
import static io.r1platform.billing.exports.Column.Type.TEXT;
import static io.r1platform.billing.exports.Column.Type.TIMESTAMP;

import java.util.List;
import org.springframework.stereotype.Component;

/** The sums of usage by hour of admission, key, model and price, which stay for ever. */
@Component
class UsageHourlyDataset extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("organization_id", BIGINT, false, "who pays"),
          new Column("hour", TIMESTAMP, false, "the beginning of the hour of admission"),
          new Column("project_id", BIGINT, false, "of the organization"),
          new Column("api_key_id", BIGINT, false, "the key"),
          new Column("model_id", BIGINT, false, "the model"),
          new Column("model", TEXT, false, "the model's name"),
          new Column("price_version_id", BIGINT, false, "the prices"),
          new Column("price_window", BIGINT, false, "the window of the prices; 0: any time"),
          new Column("batch", TEXT, false, "true: lines of batches"),
          new Column("requests", BIGINT, false, "how many"),
          new Column("cancelled", BIGINT, false, "of them, whose client left"),
          new Column("hit_tokens", BIGINT, false, "prompt tokens that were cached"),
          new Column("miss_tokens", BIGINT, false, "prompt tokens that were not"),
          new Column("reasoning_tokens", BIGINT, false, "tokens of reasoning"),
          new Column("answer_tokens", BIGINT, false, "tokens of answers"),
          new Column("waived_input_tokens", BIGINT, false, "prompt tokens that are not charged"),
          new Column("waived_output_tokens", BIGINT, false, "generated, not charged"),
          new Column("cost", DECIMAL, false, "their charges in the currency, exact"),
          new Column("currency", TEXT, false, "ISO 4217"));

  private static final String SQL =
      """
      select h.tenant_id as organization_id, h.hour, h.project_id, h.api_key_id, h.model_id,
        m.name as model, h.version_id as price_version_id, h.win as price_window,
        h.batch::text as batch, h.requests, h.cancelled, h.tok_hit as hit_tokens,
        h.tok_miss as miss_tokens, h.tok_reason as reasoning_tokens,
        h.tok_answer as answer_tokens, h.waived_in as waived_input_tokens,
        h.waived_out as waived_output_tokens, h.amount * 0.000000000001 as cost, c.currency
      from usage_hourly h
        join model m using (model_id)
        join rate_card_version v using (version_id)
        join rate_card c using (card_id)
      where h.hour >= :from and h.hour < :to
        and (:organization is null or h.tenant_id = :organization)
        and (:project is null or h.project_id = :project)
      order by h.tenant_id, h.hour, h.project_id, h.api_key_id, h.model_id, h.version_id, h.win,
        h.batch
      """;

  UsageHourlyDataset() {
    super("usage_hourly", COLUMNS, SQL);
  }

  @Override
  public boolean hasProjects() {
    return true;
  }
}
