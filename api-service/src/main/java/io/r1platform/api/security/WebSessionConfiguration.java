package io.r1platform.api.security;

import io.r1platform.api.sessions.Sessions;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.session.CookieWebSessionIdResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.WebSessionManager;

/** How a browser carries its session: one cookie, which scripts cannot read. */
@Configuration(proxyBeanMethods = false)
class WebSessionConfiguration {

  @Bean
  SessionCsrfTokens sessionCsrfTokens(Sessions sessions) {
    return new SessionCsrfTokens(sessions::newId);
  }

  /** Spring looks for this name. */
  @Bean
  WebSessionManager webSessionManager(PostgresWebSessionStore store, ServerProperties server) {
    boolean loopback = server.getAddress() != null && server.getAddress().isLoopbackAddress();
    var manager = new DefaultWebSessionManager();
    manager.setSessionStore(store);
    manager.setSessionIdResolver(cookie(loopback));
    return manager;
  }

  /** On loopback there is no TLS, and neither Secure nor the __Host- prefix that needs it. */
  static CookieWebSessionIdResolver cookie(boolean loopback) {
    var cookie = new CookieWebSessionIdResolver();
    cookie.setCookieName(loopback ? "r1-session" : "__Host-r1-session");
    cookie.addCookieInitializer(
        attributes -> attributes.path("/").httpOnly(true).sameSite("Lax").secure(!loopback));
    return cookie;
  }
}
