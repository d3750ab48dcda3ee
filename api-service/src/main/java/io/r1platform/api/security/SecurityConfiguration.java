package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyChecks;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.FormLoginSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.HttpBasicSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.LogoutSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.RequestCacheSpec;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import reactor.core.publisher.Mono;

/** The chains that a request may take; the last one refuses. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class SecurityConfiguration {

  /** Keeps Spring Boot from inventing a user: nobody logs in except through our own chains. */
  @Bean
  ReactiveAuthenticationManager nobody() {
    return authentication -> Mono.error(new BadCredentialsException("not a way in"));
  }

  @Bean
  @Order(1)
  SecurityWebFilterChain tenantApi(ServerHttpSecurity http, KeyChecks keys, ErrorResponses errors) {
    return withoutDefaults(http)
        .securityMatcher(path(ErrorResponses::isTenantApi))
        .csrf(CsrfSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .addFilterAt(new BearerKeyFilter(keys, errors), SecurityWebFiltersOrder.AUTHENTICATION)
        .authorizeExchange(exchange -> exchange.anyExchange().authenticated())
        .build();
  }

  /** Health probes, and the management port, which has no other chain. */
  @Bean
  @Order(3)
  SecurityWebFilterChain open(ServerHttpSecurity http, ErrorResponses errors) {
    return withoutDefaults(http)
        .csrf(CsrfSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .exceptionHandling(
            failures ->
                failures
                    .authenticationEntryPoint(
                        (exchange, failure) -> errors.write(exchange, unknownPath()))
                    .accessDeniedHandler(
                        (exchange, failure) -> errors.write(exchange, unknownPath())))
        .authorizeExchange(
            exchange ->
                exchange
                    .pathMatchers("/livez", "/readyz", "/actuator/**")
                    .permitAll()
                    .anyExchange()
                    .denyAll())
        .build();
  }

  private static ServerHttpSecurity withoutDefaults(ServerHttpSecurity http) {
    return http.httpBasic(HttpBasicSpec::disable)
        .formLogin(FormLoginSpec::disable)
        .logout(LogoutSpec::disable)
        .requestCache(RequestCacheSpec::disable);
  }

  private static ServerWebExchangeMatcher path(java.util.function.Predicate<String> matches) {
    return exchange ->
        matches.test(exchange.getRequest().getPath().value())
            ? MatchResult.match()
            : MatchResult.notMatch();
  }

  private static ServiceException unknownPath() {
    return ServiceException.of(ErrorCode.NOT_FOUND, "This path does not exist.");
  }
}
