package io.r1platform.api.security;

import static io.r1platform.api.keys.Scope.BATCH;
import static io.r1platform.api.keys.Scope.INFERENCE;
import static io.r1platform.api.keys.Scope.INVOICES_READ;
import static io.r1platform.api.keys.Scope.USAGE_READ;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyChecks;
import io.r1platform.api.keys.Scope;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which scope opens which route of the tenant API. A route that is not here does not exist, whoever
 * serves it. Paths are matched as the routes themselves are.
 */
final class RouteScopes {
  /** One of the scopes is enough. */
  private static final List<Entry> TABLE =
      List.of(
          new Entry(POST, "/v1/chat/completions", INFERENCE),
          new Entry(POST, "/chat/completions", INFERENCE),
          new Entry(POST, "/v1/completions", INFERENCE),
          new Entry(POST, "/completions", INFERENCE),
          new Entry(GET, "/v1/models", INFERENCE, BATCH),
          new Entry(GET, "/models", INFERENCE, BATCH),
          new Entry(GET, "/v1/models/{name}", INFERENCE, BATCH),
          new Entry(GET, "/models/{name}", INFERENCE, BATCH),
          new Entry(POST, "/v1/tokenize", INFERENCE),
          new Entry(POST, "/v1/quotes", INFERENCE),
          new Entry(GET, "/v1/requests/{id}", INFERENCE, BATCH, USAGE_READ),
          new Entry(POST, "/v1/requests/{id}/cancel", INFERENCE, BATCH),
          new Entry(GET, "/v1/requests/{id}/content", INFERENCE),
          new Entry(DELETE, "/v1/requests/{id}/content", INFERENCE),
          new Entry(GET, "/v1/receipts", USAGE_READ),
          new Entry(GET, "/v1/receipts/{id}", INFERENCE, BATCH, USAGE_READ),
          new Entry(GET, "/v1/invoices", INVOICES_READ),
          new Entry(GET, "/v1/invoices/{id}", INVOICES_READ),
          new Entry(GET, "/v1/invoices/{id}/bundle", INVOICES_READ),
          new Entry(GET, "/v1/invoices/{id}/pdf", INVOICES_READ),
          new Entry(GET, "/v1/exports", USAGE_READ),
          new Entry(POST, "/v1/exports", USAGE_READ),
          new Entry(GET, "/v1/exports/{id}", USAGE_READ),
          new Entry(POST, "/v1/exports/{id}/cancel", USAGE_READ),
          new Entry(GET, "/v1/exports/{id}/files/{name}", USAGE_READ),
          new Entry(GET, "/v1/files", BATCH),
          new Entry(POST, "/v1/files", BATCH),
          new Entry(GET, "/v1/files/{id}", BATCH),
          new Entry(DELETE, "/v1/files/{id}", BATCH),
          new Entry(GET, "/v1/files/{id}/content", BATCH),
          new Entry(GET, "/v1/batches", BATCH),
          new Entry(POST, "/v1/batches", BATCH),
          new Entry(GET, "/v1/batches/{id}", BATCH),
          new Entry(POST, "/v1/batches/{id}/cancel", BATCH),
          new Entry(GET, "/v1/usage", USAGE_READ),
          new Entry(GET, "/v1/costs", USAGE_READ),
          new Entry(GET, "/v1/organization/usage/completions", USAGE_READ),
          new Entry(GET, "/v1/organization/costs", USAGE_READ),
          new Entry(GET, "/v1/balance", USAGE_READ),
          new Entry(GET, "/user/balance", USAGE_READ),
          new Entry(GET, "/v1/limits", USAGE_READ));

  private record Entry(HttpMethod method, PathPattern path, Set<Scope> scopes) {
    Entry(HttpMethod method, String path, Scope first, Scope... others) {
      this(method, PathPatternParser.defaultInstance.parse(path), EnumSet.of(first, others));
    }

    /**
     * Whether it begins something new: all that is sent, but a cancellation, and what may be a
     * repeat of a completion, which is charged and not withheld; the relay begins no new one.
     */
    boolean begins(boolean keyed) {
      String pattern = path.getPatternString();
      return method.equals(POST)
          && !pattern.endsWith("/cancel")
          && !(keyed && pattern.endsWith("/completions"));
    }
  }

  private RouteScopes() {}

  /**
   * Why this caller may not go there; null if it may.
   *
   * @param keyed whether the request has an {@code Idempotency-Key}
   */
  static @Nullable ServiceException refusal(
      HttpMethod method, PathContainer path, boolean keyed, KeyCheck.Accepted accepted) {
    List<Entry> here = TABLE.stream().filter(entry -> entry.path.matches(path)).toList();
    if (here.isEmpty()) {
      return ServiceException.notFound("This path");
    }
    HttpMethod asked = method.equals(HEAD) ? GET : method;
    Entry entry =
        here.stream()
            .filter(candidate -> candidate.method.equals(asked))
            .min(Comparator.comparing(candidate -> candidate.path))
            .orElse(null);
    if (entry == null) {
      return ServiceException.of(
          ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method.");
    }
    if (entry.scopes.stream().noneMatch(accepted.scopes()::contains)) {
      return missing(entry.scopes);
    }
    return accepted.caller().suspended() && entry.begins(keyed) ? KeyChecks.suspended() : null;
  }

  private static ServiceException missing(Set<Scope> enough) {
    String names = enough.stream().map(Scope::wire).collect(Collectors.joining(" or "));
    return ServiceException.of(
        ErrorCode.SCOPE_MISSING,
        "This API key lacks the scope %s. Nothing was charged. Use a key that has it."
            .formatted(names));
  }
}
