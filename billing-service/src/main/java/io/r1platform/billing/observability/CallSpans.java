package io.r1platform.billing.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** A span for each call of a service that told the trace it belongs to. */
@Component
final class CallSpans implements HandlerInterceptor, WebMvcConfigurer {
  private static final int SERVER_ERRORS = 500;

  private final RequestTraces traces;

  CallSpans(RequestTraces traces) {
    this.traces = traces;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    if (traces.areOn()) {
      registry.addInterceptor(this);
    }
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), request, Headers.INSTANCE);
    if (Span.fromContext(parent).getSpanContext().isSampled()) {
      Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      Span span =
          traces
              .below(parent, request.getMethod() + " " + route)
              .setSpanKind(SpanKind.SERVER)
              .setAttribute("http.request.method", request.getMethod())
              .setAttribute("http.route", String.valueOf(route))
              .startSpan();
      request.setAttribute(RequestTraces.CALL, span);
    }
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    if (request.getAttribute(RequestTraces.CALL) instanceof Span span) {
      span.setAttribute("http.response.status_code", response.getStatus());
      if (failure != null || response.getStatus() >= SERVER_ERRORS) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  /** The caller's headers. */
  private enum Headers implements TextMapGetter<HttpServletRequest> {
    INSTANCE;

    @Override
    public Iterable<String> keys(HttpServletRequest request) {
      return Collections.list(request.getHeaderNames());
    }

    @Override
    public @Nullable String get(@Nullable HttpServletRequest request, String name) {
      return request == null ? null : request.getHeader(name);
    }
  }
}
