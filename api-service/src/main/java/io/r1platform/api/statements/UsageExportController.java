package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.keys.Caller;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/exports}: files of the key's project's usage, which billing writes in the background.
 * Nothing that is sent can name another project.
 */
@RestController
class UsageExportController {
  private static final String WHAT = "This export";
  private static final String ID = "[1-9][0-9]{0,17}";
  private static final String FILE = "[a-z0-9_-]{1,80}(\\.[a-z0-9]{1,10}){1,2}";
  private static final Set<String> MEMBERS = Set.of("dataset", "from", "to", "format", "columns");
  private static final int MOST_BODY = 65_536;
  private static final int MOST_PAGE = 100;
  private static final int USUAL_PAGE = 20;

  /**
   * An export.
   *
   * @param columns empty: all
   * @param status waiting, running, done, failed or cancelled
   * @param error why it failed, else null
   * @param manifest what the files are, once it is done
   * @param downloadable whether the files are still there
   */
  record View(
      String id,
      String object,
      String dataset,
      String format,
      JsonNode columns,
      String from,
      String to,
      String status,
      String rows_read,
      @Nullable String error,
      @Nullable JsonNode manifest,
      boolean downloadable,
      String created_at,
      @Nullable String finished_at) {
    static View of(JsonNode job) {
      JsonNode manifest = job.path("manifest");
      return new View(
          job.path("export_id").asString(),
          "export",
          job.path("dataset").asString(),
          job.path("format").asString(),
          job.path("columns"),
          job.path("from").asString(),
          job.path("to").asString(),
          job.path("status").asString(),
          job.path("rows_read").asString(),
          job.path("error").asString(null),
          manifest.isObject() ? manifest : null,
          job.path("downloadable").asBoolean(false),
          job.path("created_at").asString(),
          job.path("finished_at").asString(null));
    }
  }

  record Page(
      String object,
      List<View> data,
      @Nullable String first_id,
      @Nullable String last_id,
      boolean has_more) {}

  private final BillingReads billing;
  private final Downloads downloads;
  private final JsonMapper json;

  UsageExportController(BillingReads billing, Downloads downloads, JsonMapper json) {
    this.billing = billing;
    this.downloads = downloads;
    this.json = json;
  }

  /** Sent again with the same Idempotency-Key it is the same export, while it is known. */
  @PostMapping(path = "/v1/exports", consumes = MediaType.APPLICATION_JSON_VALUE)
  View create(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader HttpHeaders headers,
      @RequestBody(required = false) byte @Nullable [] body) {
    String key = KeyedRequest.keyOf(headers);
    ObjectNode order = order(body);
    order.put("command_id", command(caller, key).toString());
    order.put("actor", "key " + caller.keyId());
    return View.of(billing.order(caller, path(caller), order, WHAT));
  }

  @GetMapping("/v1/exports")
  Page list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String after) {
    int most = limit(limit);
    String query = "?limit=" + most + (after == null ? "" : "&after=" + known(after));
    ObjectNode answer = billing.read(caller, path(caller) + query);
    List<View> page = new ArrayList<>();
    answer.path("exports").forEach(job -> page.add(View.of(job)));
    return new Page(
        "list",
        page,
        page.isEmpty() ? null : page.getFirst().id(),
        page.isEmpty() ? null : page.getLast().id(),
        answer.path("next").isString());
  }

  @GetMapping("/v1/exports/{id}")
  View one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    HttpResponse<byte[]> answer = billing.raw(caller, path(caller) + "/" + known(id));
    if (answer.statusCode() != 200) {
      throw ServiceException.notFound(WHAT);
    }
    return View.of(json.readTree(answer.body()));
  }

  /** 409 where it has ended. */
  @PostMapping("/v1/exports/{id}/cancel")
  View cancel(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    String path = path(caller) + "/" + known(id) + "/cancel";
    return View.of(billing.order(caller, path, json.createObjectNode(), WHAT));
  }

  /** A part that the manifest names, or {@code manifest.json}. */
  @GetMapping("/v1/exports/{id}/files/{name}")
  Mono<Void> file(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @PathVariable String name,
      ServerHttpResponse response) {
    if (!name.matches(FILE)) {
      throw ServiceException.notFound("This file");
    }
    String path = path(caller) + "/" + known(id) + "/files?name=" + name;
    return downloads.send(
        caller,
        () -> billing.open(path, "This file"),
        MediaType.APPLICATION_OCTET_STREAM,
        name,
        response);
  }

  private static int limit(@Nullable String limit) {
    if (limit == null) {
      return USUAL_PAGE;
    }
    if (!limit.matches("[0-9]{1,3}") || Integer.parseInt(limit) < 1) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "limit", "'limit' is 1 to %d.".formatted(MOST_PAGE));
    }
    return Math.min(MOST_PAGE, Integer.parseInt(limit));
  }

  private ObjectNode order(byte @Nullable [] body) {
    if (body == null || body.length > MOST_BODY) {
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body is empty, or too long.");
    }
    try {
      if (json.readTree(body) instanceof ObjectNode order) {
        for (String member : order.propertyNames()) {
          if (!MEMBERS.contains(member)) {
            throw ServiceException.about(
                ErrorCode.UNSUPPORTED_PARAMETER,
                member,
                "'%s' is not supported.".formatted(member));
          }
        }
        return order;
      }
    } catch (JacksonException e) {
      throw ServiceException.because(ErrorCode.INVALID_JSON, "The body is not JSON.", e);
    }
    throw ServiceException.of(ErrorCode.INVALID_JSON, "The body is not an object.");
  }

  private static UUID command(Caller caller, @Nullable String key) {
    return key == null
        ? UUID.randomUUID()
        : UUID.nameUUIDFromBytes(
            "/v1/exports %d %s"
                .formatted(caller.projectId(), key)
                .getBytes(StandardCharsets.UTF_8));
  }

  private static String known(String id) {
    if (!id.matches(ID)) {
      throw ServiceException.notFound(WHAT);
    }
    return id;
  }

  private static String path(Caller caller) {
    return "/internal/v1/organizations/%d/projects/%d/exports"
        .formatted(caller.organizationId(), caller.projectId());
  }
}
