package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.money.Dollars;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists requests and shows one in full. */
@RestController
class RequestsController {
  private static final int MOST = 200;
  private static final List<String> ORDER =
      List.of(
          "HIT",
          "MISS",
          "REASONING",
          "ANSWER",
          "HIT_BATCH",
          "MISS_BATCH",
          "REASONING_BATCH",
          "ANSWER_BATCH");

  record Page(List<Item> items, @Nullable String next) {}

  record Item(
      String id,
      Instant admittedAt,
      Instant finishedAt,
      String organizationId,
      String projectId,
      String apiKeyId,
      int modelId,
      String model,
      Counts.Tokens tokens,
      String finish,
      int ttftMs,
      String cost) {
    static Item of(ChargedRequest r) {
      return new Item(
          r.id().toString(),
          r.admittedAt(),
          r.finishedAt(),
          Long.toString(r.organizationId()),
          Long.toString(r.projectId()),
          Long.toString(r.apiKeyId()),
          r.modelId(),
          r.model(),
          r.tokens(),
          r.finishName(),
          r.ttftMillis(),
          Dollars.of(r.amountPico()));
    }
  }

  private final Requests requests;
  private final Sums sums;

  RequestsController(Requests requests, Sums sums) {
    this.requests = requests;
    this.sums = sums;
  }

  @GetMapping("/internal/v1/requests")
  Page list(
      @RequestParam String from,
      @RequestParam String to,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      @RequestParam(name = "project_id", required = false) @Nullable Long projectId,
      @RequestParam(name = "api_key_id", required = false) @Nullable Long apiKeyId,
      @RequestParam(name = "model_id", required = false) @Nullable Integer modelId,
      @RequestParam(required = false) @Nullable String finish,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "true") boolean descending) {
    if (limit < 1 || limit > MOST) {
      throw ServiceException.invalidRequest("'limit' is 1 to %d.".formatted(MOST));
    }
    List<ChargedRequest> rows =
        requests.page(
            Days.of(from, to),
            new Scope(organizationId, projectId, apiKeyId, modelId),
            finish == null ? null : finishCode(finish),
            new Requests.Part(after == null ? null : cursor(after), descending, limit + 1));
    List<ChargedRequest> page = rows.subList(0, Math.min(limit, rows.size()));
    String next = rows.size() > limit ? cursorAfter(page.getLast()) : null;
    return new Page(page.stream().map(Item::of).toList(), next);
  }

  @GetMapping("/internal/v1/requests/{id}")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  RequestView one(@PathVariable String id) {
    ChargedRequest request = find(id);
    List<RequestView.Line> lines =
        requests.lines(request).stream()
            .sorted(Comparator.comparingInt(line -> ORDER.indexOf(line.sku())))
            .toList();
    return RequestView.of(
        request,
        lines,
        requests.receipt(request.id()).orElse(null),
        requests.entries(request.journalId(), request.organizationId()),
        sums.reference().orElse(null));
  }

  private ChargedRequest find(String id) {
    UUID uuid;
    try {
      uuid = UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ServiceException.notFound("The request");
    }
    return requests.find(uuid).orElseThrow(() -> ServiceException.notFound("The request"));
  }

  private static Integer finishCode(String finish) {
    int code = ChargedRequest.finishCode(finish);
    if (code < 0) {
      throw ServiceException.invalidRequest("There is no finish reason '" + finish + "'.");
    }
    return code;
  }

  private static Requests.Cursor cursor(String after) {
    return Requests.Cursor.parse(after)
        .orElseThrow(() -> ServiceException.invalidRequest("'after' is not a cursor of ours."));
  }

  private static String cursorAfter(ChargedRequest last) {
    return new Requests.Cursor(last.admittedAt(), last.id()).text();
  }
}
