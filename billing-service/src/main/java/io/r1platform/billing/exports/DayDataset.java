package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What can be exported. Each query selects its columns as text, in the order of {@link #columns},
 * then the amount that the manifest sums and its currency; it is bound to UTC days.
 */
enum DayDataset {
  USAGE_RECORDS(
      List.of(
          "event_id",
          "admitted_at",
          "finished_at",
          "organization_id",
          "project_id",
          "api_key_id",
          "model_id",
          "model",
          "hit_tokens",
          "miss_tokens",
          "reasoning_tokens",
          "answer_tokens",
          "waived_input_tokens",
          "waived_output_tokens",
          "waiver_cause",
          "finish",
          "stream",
          "ttft_ms",
          "price_version_id",
          "cost_pico",
          "cost",
          "currency",
          "leaf_sha256",
          "batch"), // the newest last, for whoever reads by position
      """
      select event_id::text,
        to_char(admitted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        tenant_id::text, project_id::text, api_key_id::text, model_id::text, model_name,
        tok_hit::text, tok_miss::text, tok_reason::text, tok_answer::text,
        waived_in::text, waived_out::text,
        (array['NONE', 'RETRY', 'NO_OUTPUT', 'LATE_STOP', 'OVERRUN', 'LOST'])
          [(flags >> 4 & 15) + 1],
        (array['stop', 'length', 'client_disconnect', 'engine_error', 'deadline', 'lost', 'refused',
          'cancelled'])[finish],
        (flags & 1 = 1)::text, ttft_ms::text, version_id::text,
        amount_pico::text, trim_scale(amount_pico::numeric / 1000000000000)::text, currency,
        encode(leaf_sha256, 'hex'), (flags & 8 = 8)::text,
        amount_pico::numeric as pico, currency as money
      from charged_request
      where bucket >= :from and bucket < :to
        and (cast(:organizationId as bigint) is null or tenant_id = :organizationId)
      order by bucket, event_id
      """),
  LEDGER_ENTRIES(
      List.of(
          "journal_id",
          "ord",
          "account",
          "organization_id",
          "effective_on",
          "amount_pico",
          "currency",
          "created_at",
          "kind"),
      """
      select journal_id::text, ord::text, account, tenant_id::text, effective_on::text,
        amount::text, currency, to_char(created_at at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind,
        amount as pico, currency as money
      from posted_entry
      where effective_on >= :from and effective_on < :to
        and (cast(:organizationId as bigint) is null or tenant_id = :organizationId)
      order by effective_on, journal_id, ord
      """);

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> columns;

  private final String sql;

  DayDataset(List<String> columns, String sql) {
    this.columns = columns;
    this.sql = sql;
  }

  List<String> columns() {
    return columns;
  }

  String sql() {
    return sql;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DayDataset named(String name) {
    return Arrays.stream(values())
        .filter(dataset -> dataset.wireName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ServiceException.unknownDataset(
                    name,
                    Arrays.stream(values())
                        .map(DayDataset::wireName)
                        .collect(Collectors.joining(", "))));
  }
}
