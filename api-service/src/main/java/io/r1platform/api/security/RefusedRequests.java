package io.r1platform.api.security;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.observability.Observations;
import io.r1platform.api.observability.RequestTraces;
import io.r1platform.api.observability.RequestTraces.Part;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * A log line and a span for each request of the tenant API that was answered with an error instead
 * of a run: 401, 402, 404, 429 and so on. What ran has its own.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10) // after the id, before security
final class RefusedRequests implements WebFilter {
  private static final Logger log = LoggerFactory.getLogger("io.r1platform.api.requests");

  /** Who sends nonsense fast shall not fill the disk. */
  private static final int MOST_LINES_A_SECOND = 100;

  private static final int SERVER_ERRORS = 500;

  private final RequestTraces traces;
  private final Clock clock;
  private long second;
  private int lines;
  private int unlogged;

  RefusedRequests(RequestTraces traces, Clock clock) {
    this.traces = traces;
    this.clock = clock;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!ErrorResponses.isTenantApi(exchange.getRequest().getPath().value())) {
      return chain.filter(exchange);
    }
    Instant begun = clock.instant();
    return chain.filter(exchange).doFinally(end -> answered(exchange, begun));
  }

  private void answered(ServerWebExchange exchange, Instant begun) {
    ErrorCode code = ErrorResponses.codeOf(exchange);
    if (code != null) {
      UUID id = RequestId.of(exchange);
      Observations.of(id, () -> logged(exchange, id, code));
      Observations.of(id, () -> traced(exchange, id, code, begun));
    }
  }

  private void logged(ServerWebExchange exchange, UUID id, ErrorCode code) {
    int missing = linesMissing();
    if (missing < 0) {
      return;
    }
    if (missing > 0) {
      log.info("{} refusals were not logged in a second", missing);
    }
    Caller caller = exchange.getAttribute(Caller.ATTRIBUTE);
    log.info(
        "request={} organization={} project={} key={} route={} status={} error={}",
        id,
        caller == null ? 0 : caller.organizationId(),
        caller == null ? 0 : caller.projectId(),
        caller == null ? 0 : caller.keyId(),
        route(exchange),
        code.httpStatus(),
        code.wire());
  }

  /** How many lines are missing before this one; below 0 if it is to be missing too. */
  private synchronized int linesMissing() {
    long now = clock.instant().getEpochSecond();
    if (now != second) {
      second = now;
      lines = 0;
    }
    if (++lines > MOST_LINES_A_SECOND) {
      unlogged++;
      return -1;
    }
    int missing = unlogged;
    unlogged = 0;
    return missing;
  }

  private void traced(ServerWebExchange exchange, UUID id, ErrorCode code, Instant begun) {
    if (!traces.samples(id) || traces.hasRoot(id)) {
      return;
    }
    String method = exchange.getRequest().getMethod().name();
    String route = route(exchange);
    SpanBuilder builder =
        traces
            .span(id, Part.REQUEST, route == null ? method : method + " " + route)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(begun)
            .setAttribute("http.request.method", method)
            .setAttribute("http.response.status_code", code.httpStatus())
            .setAttribute("error.type", code.wire())
            .setAttribute("r1.request_id", id.toString());
    if (route != null) {
      builder.setAttribute("http.route", route);
    }
    Caller caller = exchange.getAttribute(Caller.ATTRIBUTE);
    if (caller != null) {
      builder
          .setAttribute("r1.organization_id", caller.organizationId())
          .setAttribute("r1.project_id", caller.projectId());
    }
    Span span = traces.start(id, Part.REQUEST, builder);
    if (code.httpStatus() >= SERVER_ERRORS) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(clock.instant());
  }

  /** The pattern of its path; null if it came to none, as without a key. */
  private static @Nullable String route(ServerWebExchange exchange) {
    return exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
            instanceof PathPattern pattern
        ? pattern.getPatternString()
        : null;
  }
}
