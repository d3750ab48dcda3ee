package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.BIGINT;
import static io.r1platform.billing.exports.Column.Type.DECIMAL;
import static io.r1platform.billing.exports.Column.Type.JSON;
import static io.r1platform.billing.exports.Column.Type.TEXT;
import static io.r1platform.billing.exports.Column.Type.TIMESTAMP;

import java.util.List;
import org.springframework.stereotype.Component;

/** Each charged request, as it was charged first, under the moment of its admission. */
@Component
class UsageRecordsDataset extends Dataset {
  /** The column of which a closed period's last files have no null where a log is signed. */
  static final String LOG_INDEX = "log_index";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("event_id", TEXT, false, "the request's id, a UUIDv7; the key"),
          new Column("admitted_at", TIMESTAMP, false, "when it was let in, which dates it"),
          new Column("finished_at", TIMESTAMP, false, "when it ended"),
          new Column("organization_id", BIGINT, false, "who pays"),
          new Column("project_id", BIGINT, false, "of the organization"),
          new Column("api_key_id", BIGINT, false, "the key it came with"),
          new Column("model_id", BIGINT, false, "the model"),
          new Column("model", TEXT, false, "the model's name"),
          new Column("hit_tokens", BIGINT, false, "prompt tokens that were cached"),
          new Column("miss_tokens", BIGINT, false, "prompt tokens that were not"),
          new Column("reasoning_tokens", BIGINT, false, "tokens of reasoning"),
          new Column("answer_tokens", BIGINT, false, "tokens of the answer"),
          new Column("waived_input_tokens", BIGINT, false, "prompt tokens that are not charged"),
          new Column("waived_output_tokens", BIGINT, false, "generated, not charged"),
          new Column("waiver_cause", TEXT, false, "why: NONE, RETRY, NO_OUTPUT, LATE_STOP, …"),
          new Column("finish", TEXT, false, "how it ended: stop, length, client_disconnect, …"),
          new Column("stream", TEXT, false, "true: it was streamed"),
          new Column("ttft_ms", BIGINT, false, "milliseconds to the first token"),
          new Column("price_version_id", BIGINT, false, "the prices that held at its admission"),
          new Column("cost_pico", BIGINT, false, "its charge in 10^-12 of the currency"),
          new Column("cost", DECIMAL, false, "its charge in the currency, exact"),
          new Column("currency", TEXT, false, "ISO 4217"),
          new Column("leaf_sha256", TEXT, false, "hash of the record, its leaf in the log"),
          new Column(LOG_INDEX, BIGINT, true, "the record's place in the log; null: none yet"),
          new Column("batch", TEXT, false, "true: a line of a batch"),
          new Column("client_reference", TEXT, true, "the caller's own id of it"),
          new Column("end_user", TEXT, true, "for whom the caller asked"),
          new Column("metadata", JSON, true, "the caller's pairs"));

  private static final String CHARGED =
      """
      bucket between ((:from at time zone 'UTC')::date - 1)
          and ((:to at time zone 'UTC')::date + 1)
        and admitted_at >= :from and admitted_at < :to
        and (:organization is null or tenant_id = :organization)
        and (:project is null or project_id = :project)
      """;

  /**
   * Places come with the records of everybody that came with them, so there are many more of them:
   * a full join is one that PostgreSQL cannot make by comparing each with each.
   */
  private static final String SQL =
      """
      select event_id::text as event_id, admitted_at, finished_at, tenant_id as organization_id,
        project_id, api_key_id, model_id, model_name as model, tok_hit as hit_tokens,
        tok_miss as miss_tokens, tok_reason as reasoning_tokens, tok_answer as answer_tokens,
        waived_in as waived_input_tokens, waived_out as waived_output_tokens,
        (array['NONE', 'RETRY', 'NO_OUTPUT', 'LATE_STOP', 'OVERRUN', 'LOST'])
          [(flags >> 4 & 15) + 1] as waiver_cause,
        (array['stop', 'length', 'client_disconnect', 'engine_error', 'deadline', 'lost', 'refused',
          'cancelled'])[finish] as finish,
        (flags & 1 = 1)::text as stream, ttft_ms, version_id as price_version_id,
        amount_pico as cost_pico, amount_pico * 0.000000000001 as cost, currency,
        encode(leaf_sha256, 'hex') as leaf_sha256, log_index, (flags & 8 = 8)::text as batch,
        client_reference, end_user, metadata::text as metadata
      from (
          select * from charged_request left join usage_label using (bucket, event_id)
          where CHARGED) charged
        full join (
          select journal_id as of_journal, leaf, log_index
          from (select distinct journal_id from charged_request where CHARGED) journal
            join log_place using (journal_id)) place
        on place.of_journal = charged.journal_id and place.leaf = charged.leaf_sha256
      where case when event_id is null then false else true end
      order by bucket, event_id
      """
          .replace("CHARGED", CHARGED);

  UsageRecordsDataset() {
    super("usage_records", COLUMNS, SQL);
  }

  @Override
  public boolean losesOldDays() {
    return true;
  }

  @Override
  public boolean hasProjects() {
    return true;
  }
}
