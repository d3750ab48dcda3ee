package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.BIGINT;
import static io.r1platform.billing.exports.Column.Type.DECIMAL;
import static io.r1platform.billing.exports.Column.Type.TEXT;

import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Usage and cost of a UTC day by key and model, under the names of OpenAI's usage and costs of an
 * organization; both from the same rows, so they agree.
 */
@Component
class OpenAiDataset extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("start_time", BIGINT, false, "begin of the UTC day, in Unix seconds"),
          new Column("end_time", BIGINT, false, "its end, excluded"),
          new Column("organization_id", TEXT, false, "who pays"),
          new Column("project_id", TEXT, false, "of the organization"),
          new Column("user_id", TEXT, true, "null: keys are of projects, not of people"),
          new Column("api_key_id", TEXT, false, "the key"),
          new Column("model", TEXT, false, "the model's name"),
          new Column("batch", TEXT, false, "true: lines of batches"),
          new Column("service_tier", TEXT, false, "batch or default"),
          new Column("input_tokens", BIGINT, false, "charged prompt tokens, with cached ones"),
          new Column("input_cached_tokens", BIGINT, false, "of them, those that were cached"),
          new Column("output_tokens", BIGINT, false, "charged tokens, with those of reasoning"),
          new Column("num_model_requests", BIGINT, false, "how many"),
          new Column("amount", DECIMAL, false, "what they cost in the currency, exact"),
          new Column("currency", TEXT, false, "ISO 4217"));

  private static final String SQL =
      """
      select extract(epoch from day)::bigint as start_time,
        extract(epoch from day + interval '24 hours')::bigint as end_time,
        tenant_id::text as organization_id, project_id::text as project_id, null::text as user_id,
        api_key_id::text as api_key_id, model, batch::text as batch,
        case when batch then 'batch' else 'default' end as service_tier,
        input as input_tokens, cached as input_cached_tokens, output as output_tokens,
        requests as num_model_requests, cost * 0.000000000001 as amount, currency
      from (
        select h.tenant_id, date_trunc('day', h.hour, 'UTC') as day, h.project_id, h.api_key_id,
          m.name as model, h.batch, c.currency, sum(h.tok_hit + h.tok_miss) as input,
          sum(h.tok_hit) as cached, sum(h.tok_reason + h.tok_answer) as output,
          sum(h.requests) as requests, sum(h.amount) as cost
        from usage_hourly h
          join model m using (model_id)
          join rate_card_version v using (version_id)
          join rate_card c using (card_id)
        where h.hour >= :from and h.hour < :to
          and (:organization is null or h.tenant_id = :organization)
          and (:project is null or h.project_id = :project)
        group by 1, 2, 3, 4, 5, 6, 7
      ) days
      order by tenant_id, day, days.project_id, days.api_key_id, model collate "C", days.batch,
        currency
      """;

  OpenAiDataset() {
    super("openai_compat", COLUMNS, SQL);
  }

  @Override
  public boolean ofWholeDays() {
    return true;
  }

  @Override
  public boolean hasProjects() {
    return true;
  }
}
