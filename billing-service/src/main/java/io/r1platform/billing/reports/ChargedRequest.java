package io.r1platform.billing.reports;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * A row of the view {@code charged_request}; counts are tokens, the amount pico-dollars, the record
 * its 184 bytes in base64url.
 */
record ChargedRequest(
    UUID id,
    Instant admittedAt,
    Instant finishedAt,
    long organizationId,
    long projectId,
    long apiKeyId,
    int modelId,
    String model,
    int hit,
    int miss,
    int reasoning,
    int answer,
    int waivedInput,
    int waivedOutput,
    int finish,
    int flags,
    int ttftMillis,
    int window,
    long versionId,
    String priceName,
    String priceSha256,
    Instant priceValidFrom,
    long amountPico,
    UUID journalId,
    String leafSha256,
    String record) {
  private static final List<String> FINISHES =
      List.of(
          "admit",
          "stop",
          "length",
          "client_disconnect",
          "engine_error",
          "deadline",
          "lost",
          "refused",
          "cancelled");
  private static final List<String> CAUSES =
      List.of("NONE", "RETRY", "NO_OUTPUT", "LATE_STOP", "OVERRUN", "LOST");
  private static final int BATCH = 8;
  private static final int CAUSE_SHIFT = 4;
  private static final int CAUSE_MASK = 15;
  private static final int FOREIGN = 1 << 8;
  private static final int USAGE_FLAGGED = 1 << 9;

  static ChargedRequest read(ResultSet row) throws SQLException {
    return new ChargedRequest(
        row.getObject("event_id", UUID.class),
        instant(row, "admitted_at"),
        instant(row, "finished_at"),
        row.getLong("tenant_id"),
        row.getLong("project_id"),
        row.getLong("api_key_id"),
        row.getInt("model_id"),
        row.getString("model_name"),
        row.getInt("tok_hit"),
        row.getInt("tok_miss"),
        row.getInt("tok_reason"),
        row.getInt("tok_answer"),
        row.getInt("waived_in"),
        row.getInt("waived_out"),
        row.getInt("finish"),
        row.getInt("flags"),
        row.getInt("ttft_ms"),
        row.getInt("win"),
        row.getLong("version_id"),
        row.getString("price_name"),
        HexFormat.of().formatHex(row.getBytes("price_sha256")),
        instant(row, "price_valid_from"),
        row.getLong("amount_pico"),
        row.getObject("journal_id", UUID.class),
        HexFormat.of().formatHex(row.getBytes("leaf_sha256")),
        Base64.getUrlEncoder().withoutPadding().encodeToString(row.getBytes("record")));
  }

  /** Code of a finish reason's name; -1 if there is no such name. */
  static int finishCode(String name) {
    return FINISHES.indexOf(name);
  }

  /** Whether it was a line of a batch. */
  boolean isBatch() {
    return (flags & BATCH) != 0;
  }

  String finishName() {
    return FINISHES.get(finish);
  }

  String cause() {
    int cause = flags >> CAUSE_SHIFT & CAUSE_MASK;
    return cause < CAUSES.size() ? CAUSES.get(cause) : "UNKNOWN_" + cause;
  }

  List<String> flagNames() {
    var names = new ArrayList<String>();
    if ((flags & 1) != 0) {
      names.add("stream");
    }
    if ((flags & 2) != 0) {
      names.add("recovered");
    }
    if ((flags & 4) != 0) {
      names.add("gateway_count");
    }
    if (isBatch()) {
      names.add("batch");
    }
    if ((flags & FOREIGN) != 0) {
      names.add("foreign_upstream");
    }
    if ((flags & USAGE_FLAGGED) != 0) {
      names.add("usage_flagged");
    }
    return names;
  }

  Counts.Tokens tokens() {
    return new Counts.Tokens(
        Integer.toString(hit),
        Integer.toString(miss),
        Integer.toString(reasoning),
        Integer.toString(answer));
  }

  int tokens(String sku) {
    return switch (sku) {
      case "HIT", "HIT_BATCH" -> hit;
      case "MISS", "MISS_BATCH" -> miss;
      case "REASONING", "REASONING_BATCH" -> reasoning;
      case "ANSWER", "ANSWER_BATCH" -> answer;
      default -> throw new IllegalStateException("no such SKU: " + sku);
    };
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
