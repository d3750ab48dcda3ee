package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyChecks;
import java.util.function.Predicate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
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
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.ReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcReactiveOAuth2UserService;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.userinfo.DefaultReactiveOAuth2UserService;
import org.springframework.security.oauth2.client.userinfo.ReactiveOAuth2UserService;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
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

  /** Login by OpenID Connect finds this by its type. */
  @Bean
  ReactiveOAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokensForCodes() {
    var client = new WebClientReactiveAuthorizationCodeTokenResponseClient();
    client.setWebClient(IdentityProvider.client());
    return client;
  }

  /** And this. */
  @Bean
  ReactiveOAuth2UserService<OidcUserRequest, OidcUser> providersPeople() {
    var userInfo = new DefaultReactiveOAuth2UserService();
    userInfo.setWebClient(IdentityProvider.client());
    var people = new OidcReactiveOAuth2UserService();
    people.setOauth2UserService(userInfo);
    return people;
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

  /** What an administrator does: session, CSRF token, and no foreign page; or a management key. */
  @Bean
  @Order(2)
  SecurityWebFilterChain adminApi(
      ServerHttpSecurity http,
      SessionCsrfTokens tokens,
      SecuritySettings settings,
      OidcChain oidc,
      MachineTokens machines,
      KeyChecks keys,
      OperatorLooks looks,
      LookFilter.Whose whose,
      PostgresWebSessionStore store,
      ErrorResponses errors) {
    oidc.addTo(http);
    machines.addTo(http);
    return withoutDefaults(http)
        .securityMatcher(path(path -> path.equals("/admin") || path.startsWith("/admin/")))
        .addFilterBefore(new OriginFilter(settings.origins(), errors), SecurityWebFiltersOrder.CSRF)
        .addFilterBefore(new ManagementKeyFilter(keys, errors), SecurityWebFiltersOrder.CSRF)
        .csrf(
            csrf ->
                csrf.csrfTokenRepository(tokens)
                    .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler())
                    .accessDeniedHandler(
                        (exchange, failure) -> errors.write(exchange, wrongCsrfToken())))
        .securityContextRepository(new SessionSecurityContext())
        .exceptionHandling(
            failures ->
                failures
                    .authenticationEntryPoint(
                        (exchange, failure) -> errors.write(exchange, notLoggedIn()))
                    .accessDeniedHandler(
                        (exchange, failure) -> errors.write(exchange, notAllowed())))
        .authorizeExchange(
            exchange ->
                exchange.pathMatchers(AdminGate.SESSION).permitAll().anyExchange().authenticated())
        .addFilterAfter(new AdminGate(errors), SecurityWebFiltersOrder.AUTHORIZATION)
        .addFilterAfter(
            new LookFilter(looks, whose, store, errors), SecurityWebFiltersOrder.AUTHORIZATION)
        .addFilterAfter(new KeyedChanges(errors), SecurityWebFiltersOrder.LAST)
        .build();
  }

  /** The console's files, which hold no secret. */
  @Bean
  @Order(3)
  SecurityWebFilterChain consolePages(ServerHttpSecurity http) {
    return withoutDefaults(http)
        .securityMatcher(
            path(
                path ->
                    path.equals("/") || path.equals("/console") || path.startsWith("/console/")))
        .csrf(CsrfSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .headers(
            headers -> headers.referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)))
        .addFilterAt(new ConsoleHeaders(), SecurityWebFiltersOrder.FIRST)
        .authorizeExchange(exchange -> exchange.anyExchange().permitAll())
        .build();
  }

  /** Health probes, the API's description, payment webhooks, and the management port. */
  @Bean
  @Order(4)
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
                    .pathMatchers("/livez", "/readyz", "/openapi.json", "/actuator/**")
                    .permitAll()
                    .pathMatchers(HttpMethod.GET, "/log/**")
                    .permitAll() // the log of receipts: hashes and signatures
                    .pathMatchers(HttpMethod.POST, "/webhooks/payments/*")
                    .permitAll() // billing-service checks the provider's signature
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

  private static ServerWebExchangeMatcher path(Predicate<String> matches) {
    return exchange ->
        matches.test(exchange.getRequest().getPath().value())
            ? MatchResult.match()
            : MatchResult.notMatch();
  }

  private static ServiceException wrongCsrfToken() {
    return ServiceException.of(
        ErrorCode.FORBIDDEN,
        "The CSRF token is missing or old. GET /admin/api/session gives a new one for the header "
            + SessionCsrfTokens.HEADER
            + ".");
  }

  private static ServiceException notLoggedIn() {
    return ServiceException.of(ErrorCode.NOT_AUTHENTICATED, "Log in first.");
  }

  private static ServiceException notAllowed() {
    return ServiceException.of(ErrorCode.FORBIDDEN, "This is not allowed.");
  }

  private static ServiceException unknownPath() {
    return ServiceException.of(ErrorCode.NOT_FOUND, "This path does not exist.");
  }
}
