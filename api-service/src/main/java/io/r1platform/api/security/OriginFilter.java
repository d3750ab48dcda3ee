package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses writes that another site's page sent. A browser names the page's origin on every write; a
 * program that is no browser sends neither {@code Origin} nor {@code Sec-Fetch-Site}, and still
 * needs session and CSRF token.
 */
final class OriginFilter implements WebFilter {
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final List<String> allowed;
  private final ErrorResponses errors;

  OriginFilter(List<String> allowed, ErrorResponses errors) {
    this.allowed = allowed;
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    var request = exchange.getRequest();
    if (READS.contains(request.getMethod()) || isOurs(request.getHeaders(), request.getURI())) {
      return chain.filter(exchange);
    }
    return errors.write(
        exchange,
        ServiceException.of(
            ErrorCode.FORBIDDEN, "This request comes from another site's page. Nothing was done."));
  }

  private boolean isOurs(HttpHeaders headers, URI target) {
    List<String> origins = headers.getOrEmpty(HttpHeaders.ORIGIN);
    if (origins.isEmpty()) {
      String site = headers.getFirst("Sec-Fetch-Site");
      return site == null || site.equals("same-origin");
    }
    return origins.size() == 1
        && (allowed.contains(origins.getFirst()) || origins.getFirst().equals(own(target)));
  }

  private static @Nullable String own(URI target) {
    String scheme = target.getScheme();
    String host = target.getHost();
    if (scheme == null || host == null) {
      return null;
    }
    boolean usualPort =
        target.getPort() == -1 || target.getPort() == (scheme.equalsIgnoreCase("https") ? 443 : 80);
    return (scheme + "://" + host + (usualPort ? "" : ":" + target.getPort()))
        .toLowerCase(Locale.ROOT);
  }
}
