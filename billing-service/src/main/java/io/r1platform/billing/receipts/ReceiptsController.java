package io.r1platform.billing.receipts;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.questions.TenantQuestions;
import io.r1platform.receipts.Tile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receipts of a project, whose it is the gateway says, and the log, which is anybody's: checkpoint
 * and tiles as C2SP's tlog-tiles has them, below {@code /internal/v1/log/}.
 */
@RestController
class ReceiptsController {
  private static final int MOST = 1_000;
  private static final String RECEIPTS =
      "/internal/v1/organizations/{organization}/projects/{project}/receipts";

  /**
   * One receipt.
   *
   * @param logIndex decimal; null: it gets one within seconds
   */
  record View(String id, String receipt, @Nullable String logIndex) {
    static View of(Receipts.Stored stored) {
      Long index = stored.logIndex();
      return new View(
          stored.record().eventId().toString(),
          stored.record().receipt(),
          index == null ? null : index.toString());
    }
  }

  private final Receipts receipts;
  private final TenantQuestions questions;

  ReceiptsController(Receipts receipts, TenantQuestions questions) {
    this.receipts = receipts;
    this.questions = questions;
  }

  @GetMapping(RECEIPTS + "/{id}")
  View one(@PathVariable long organization, @PathVariable long project, @PathVariable String id) {
    return View.of(questions.answer(organization, () -> find(organization, project, id)));
  }

  /**
   * 202 until the record is in a checkpoint; 409 for one that is held or was rejected, which says
   * so: it has no proof, however often one asks.
   */
  @GetMapping(RECEIPTS + "/{id}/proof")
  ResponseEntity<String> proof(
      @PathVariable long organization, @PathVariable long project, @PathVariable String id) {
    return questions.answer(
        organization,
        () -> {
          var owner = new Receipts.Owner(organization, project);
          Receipts.Stored stored = receipts.find(owner, uuid(id)).orElseThrow(() -> no(owner, id));
          Long index = stored.logIndex();
          return index == null
              ? ResponseEntity.accepted().build()
              : text(receipts.proof(index).text());
        });
  }

  private ServiceException no(Receipts.Owner owner, String id) {
    return receipts
        .held(owner, uuid(id))
        .map(
            held ->
                held.resolved() == null
                    ? ServiceException.receiptHeld(
                        "HELD",
                        "The record is held since %s (%s): a person decides whether it is charged."
                                .formatted(held.heldAt(), held.reason())
                            + " Nothing is charged and there is no proof until then; nobody knows"
                            + " when. Ask again in a day.")
                    : ServiceException.receiptHeld(
                        held.resolved(),
                        "The record was held (%s) and a person rejected it at %s. It is not"
                                .formatted(held.reason(), held.decidedAt())
                            + " charged and will have no proof."))
        .orElseGet(() -> ServiceException.notFound("The receipt"));
  }

  /** JSON lines, at most 1,000. */
  @GetMapping(RECEIPTS)
  ResponseEntity<String> from(
      @PathVariable long organization,
      @PathVariable long project,
      @RequestParam String from,
      @RequestParam(required = false) @Nullable String after) {
    Instant begin;
    try {
      begin = Instant.parse(from);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'from' is a time like 2026-11-01T00:00:00Z.");
    }
    UUID had = after == null ? null : uuid(after);
    List<Receipts.Stored> page =
        questions.answer(
            organization,
            () -> receipts.from(new Receipts.Owner(organization, project), begin, had, MOST));
    var lines = new StringBuilder();
    for (Receipts.Stored stored : page) {
      lines.append(
          "{\"id\":\"%s\",\"receipt\":\"%s\"}\n"
              .formatted(stored.record().eventId(), stored.record().receipt()));
    }
    return text(lines.toString());
  }

  @GetMapping("/internal/v1/log/checkpoint")
  ResponseEntity<String> checkpoint() {
    return text(receipts.checkpoint().orElseThrow(() -> ServiceException.notFound("A checkpoint")));
  }

  @GetMapping("/internal/v1/log/keys")
  ResponseEntity<String> keys() {
    return text(receipts.keys());
  }

  @GetMapping("/internal/v1/log/tile/{*path}")
  ResponseEntity<byte[]> tile(@PathVariable String path) {
    Tile tile = Tile.ofPath(path.substring(1));
    if (tile == null) {
      throw ServiceException.notFound("The tile");
    }
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .body(receipts.tile(tile).orElseThrow(() -> ServiceException.notFound("The tile")));
  }

  private Receipts.Stored find(long organization, long project, String id) {
    return receipts
        .find(new Receipts.Owner(organization, project), uuid(id))
        .orElseThrow(() -> ServiceException.notFound("The receipt"));
  }

  private static UUID uuid(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ServiceException.notFound("The receipt");
    }
  }

  private static ResponseEntity<String> text(String text) {
    return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(text);
  }
}
