package io.r1platform.api.batches;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.ListQuery;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.statements.FreeCalls;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code /v1/batches}: OpenAI's, of the caller's project. What their lines cost is charged. */
@RestController
final class BatchController {
  private static final int MOST_LISTS = 6;
  private static final int MOST_LISTS_OF_ONE = 3;

  private final FreeCalls lists = new FreeCalls(MOST_LISTS, MOST_LISTS_OF_ONE);
  private final Batches batches;
  private final JsonMapper json;

  BatchController(Batches batches, JsonMapper json) {
    this.batches = batches;
    this.json = json;
  }

  @PostMapping(path = "/v1/batches", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<BatchView> create(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader HttpHeaders headers,
      @RequestBody(required = false) byte @Nullable [] body) {
    if (body == null) {
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body is empty.");
    }
    String key = KeyedRequest.keyOf(headers);
    KeyedRequest keyed =
        key == null
            ? null
            : KeyedRequest.of(caller.projectId(), "/v1/batches", key, ByteBuffer.wrap(body));
    Batches.Made made = batches.create(caller, BatchRequest.parse(body, json), keyed);
    var answer = ResponseEntity.ok();
    if (made.replayed()) {
      answer.header("x-r1-replayed", "true");
    }
    return answer.body(BatchView.of(made.batch(), json));
  }

  @GetMapping("/v1/batches")
  BatchView.Page list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String after) {
    int most = ListQuery.limit(limit, 100, 20);
    List<Batch> found;
    try (var _ = lists.begin(caller)) { // lines of open ones are counted
      Batch last = after == null ? null : batches.find(caller.projectId(), after);
      found = batches.page(caller.projectId(), last, most + 1);
    }
    List<BatchView> page =
        found.stream().limit(most).map(batch -> BatchView.of(batch, json)).toList();
    return new BatchView.Page(
        "list",
        page,
        page.isEmpty() ? null : page.getFirst().id(),
        page.isEmpty() ? null : page.getLast().id(),
        found.size() > most);
  }

  @GetMapping("/v1/batches/{id}")
  BatchView one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return BatchView.of(batches.find(caller.projectId(), id), json);
  }

  @PostMapping("/v1/batches/{id}/cancel")
  BatchView cancel(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return BatchView.of(batches.cancel(caller.projectId(), id), json);
  }
}
