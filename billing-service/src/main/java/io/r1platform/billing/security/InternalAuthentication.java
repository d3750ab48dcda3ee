package io.r1platform.billing.security;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.observability.BillingMetric;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets services in by bearer token. The two health paths are open; the engine's token opens the
 * engine's paths, and everything else, known or not, needs the gateway's.
 */
@Component
final class InternalAuthentication extends OncePerRequestFilter {
  private static final Set<String> OPEN = Set.of("/livez", "/readyz");
  private static final String ENGINE_PREFIX = "/internal/v1/engine-";
  private static final String SCHEME = "Bearer ";

  private final TokenFile gateway;
  private final TokenFile engine;
  private final MeterRegistry meters;

  InternalAuthentication(SecuritySettings settings, Clock clock, MeterRegistry meters) {
    this.gateway = new TokenFile(settings.gatewayTokenFile(), clock);
    this.engine = new TokenFile(settings.engineTokenFile(), clock);
    this.meters = meters;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getServletPath(); // decoded, as the routes see it
    TokenFile tokens = path.startsWith(ENGINE_PREFIX) ? engine : gateway;
    if (OPEN.contains(path) || tokens.accepts(bearer(request))) {
      chain.doFilter(request, response);
    } else {
      refuse(response);
    }
  }

  private static String bearer(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : "";
  }

  private void refuse(HttpServletResponse response) throws IOException {
    var code = ErrorCode.UNAUTHENTICATED;
    meters.counter(BillingMetric.ERRORS.meterName(), "code", code.wireName()).increment();
    response.setStatus(code.httpStatus());
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response
        .getOutputStream()
        .print(
            """
            {"title":"Unauthorized","status":401,"code":"unauthenticated",\
            "detail":"This path needs the internal token of its caller."}\
            """);
  }
}
