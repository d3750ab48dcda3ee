package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.BIGINT;
import static io.r1platform.billing.exports.Column.Type.TEXT;

import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Requests and tokens of a UTC day by key and model, in the columns of the {@code amount-*.csv} of
 * DeepSeek's export. Prices are those of the first tier.
 */
@Component
class DeepSeekDataset extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("user_id", TEXT, false, "the organization, who pays"),
          new Column("utc_date", TEXT, false, "the UTC day of admission"),
          new Column("model", TEXT, false, "the model's name"),
          new Column("api_key_name", TEXT, true, "what the key is called now; null: unknown"),
          new Column("api_key", TEXT, false, "the key's id"),
          new Column(
              "type",
              TEXT,
              false,
              "request_count, input_cache_hit_tokens, input_cache_miss_tokens or output_tokens"),
          new Column("price", TEXT, true, "of one token, 12 decimals; null: of request_count"),
          new Column("amount", BIGINT, false, "how many"));

  private static final String SQL =
      """
      select days.tenant_id::text as user_id, day::text as utc_date, model, n.name as api_key_name,
        api_key_id::text as api_key, type,
        (unit_pico * 0.000000000001)::numeric(38,12)::text as price, amount
      from (
        select h.tenant_id, (h.hour at time zone 'UTC')::date as day, m.name as model,
          h.api_key_id, t.type, p.unit_pico, sum(t.amount) as amount
        from usage_hourly h
          join model m using (model_id)
          cross join lateral (values ('request_count', null, h.requests),
            ('input_cache_hit_tokens', 'HIT', h.tok_hit),
            ('input_cache_miss_tokens', 'MISS', h.tok_miss),
            ('output_tokens', 'REASONING', h.tok_reason),
            ('output_tokens', 'ANSWER', h.tok_answer)) as t(type, sku, amount)
          left join unit_price p on p.version_id = h.version_id and p.model_id = h.model_id
            and p.win = h.win and p.sku = t.sku || case when h.batch then '_BATCH' else '' end
        where h.hour >= :from and h.hour < :to and t.amount <> 0
          and (:organization is null or h.tenant_id = :organization)
          and (:project is null or h.project_id = :project)
        group by 1, 2, 3, 4, 5, 6
      ) days left join display_name n on n.kind = 'API_KEY' and n.tenant_id = days.tenant_id
        and n.id = days.api_key_id
      order by days.tenant_id, day, model collate "C", api_key_id, type, unit_pico nulls first
      """;

  DeepSeekDataset() {
    super("deepseek_compat", COLUMNS, SQL);
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
