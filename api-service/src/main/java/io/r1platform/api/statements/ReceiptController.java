package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.JournalReports;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /v1/receipts}: the records of the caller's project, at once from the journal, later from
 * billing, and their proofs, once billing has them in a signed log.
 */
@RestController
class ReceiptController {
  private static final String PROOF = ".tlog-proof";
  private static final String PREFIX = "(chatcmpl-|cmpl-)?";
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final MediaType LINES = MediaType.parseMediaType("application/jsonl");

  /**
   * A receipt.
   *
   * @param receipt {@code v1.} and 184 bytes in base64url
   */
  record Receipt(String id, String object, String receipt) {}

  private final JournalReports journal;
  private final BillingReads billing;
  private final JsonMapper json;

  ReceiptController(JournalReports journal, BillingReads billing, JsonMapper json) {
    this.journal = journal;
    this.billing = billing;
    this.json = json;
  }

  /** The record, or with {@code .tlog-proof} the proof: 202 until the next checkpoint. */
  @GetMapping("/v1/receipts/{id}")
  ResponseEntity<?> one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    if (id.endsWith(PROOF)) {
      return proof(caller, uuid(id.substring(0, id.length() - PROOF.length())));
    }
    UUID uuid = uuid(id);
    return ResponseEntity.ok(
        new Receipt(
            uuid.toString(),
            "receipt",
            own(caller, uuid)
                .or(() -> billed(caller, uuid))
                .orElseThrow(ReceiptController::unknown)));
  }

  private Optional<String> own(Caller caller, UUID id) {
    return journal
        .receipt(id)
        .filter(receipt -> receipt.organizationId() == caller.organizationId())
        .filter(receipt -> receipt.projectId() == caller.projectId())
        .map(JournalReports.Receipt::text);
  }

  private Optional<String> billed(Caller caller, UUID id) {
    HttpResponse<byte[]> answer = billing.raw(caller, path(caller) + "/" + id);
    return answer.statusCode() == 200
        ? Optional.of(json.readTree(answer.body()).path("receipt").asString())
        : Optional.empty();
  }

  private ResponseEntity<byte[]> proof(Caller caller, UUID id) {
    HttpResponse<byte[]> answer = billing.raw(caller, path(caller) + "/" + id + "/proof");
    boolean onItsWay = answer.statusCode() == 202 || own(caller, id).isPresent();
    if (answer.statusCode() == 200) {
      return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(answer.body());
    }
    if (onItsWay) {
      return ResponseEntity.accepted().header(HttpHeaders.RETRY_AFTER, "2").build();
    }
    throw unknown();
  }

  /** Receipts of requests admitted from then on, a JSON object a line, at most 1,000. */
  @GetMapping("/v1/receipts")
  ResponseEntity<byte[]> from(
      @AuthenticationPrincipal Caller caller,
      @RequestParam String from,
      @RequestParam(required = false) @Nullable String after) {
    String query =
        "?from="
            + URLEncoder.encode(from, StandardCharsets.UTF_8)
            + (after == null ? "" : "&after=" + uuid(after));
    HttpResponse<byte[]> answer = billing.raw(caller, path(caller) + query);
    if (answer.statusCode() != 200) {
      throw unknown();
    }
    return ResponseEntity.ok().contentType(LINES).body(answer.body());
  }

  private static String path(Caller caller) {
    return "/internal/v1/organizations/%d/projects/%d/receipts"
        .formatted(caller.organizationId(), caller.projectId());
  }

  private static UUID uuid(String id) {
    if (!id.matches(PREFIX + ID)) {
      throw unknown();
    }
    return UUID.fromString(id.replaceFirst("^" + PREFIX, ""));
  }

  private static ServiceException unknown() {
    return ServiceException.about(
        ErrorCode.NOT_FOUND, "id", "This receipt does not exist or this key may not see it.");
  }
}
