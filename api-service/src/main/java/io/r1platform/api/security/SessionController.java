package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Membership;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.sessions.OperatorLogin;
import io.r1platform.api.sessions.Sessions;
import io.r1platform.api.sessions.Way;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Logs people in and out, and hands out the CSRF token that every write needs. */
@RestController
@RequestMapping("/admin/api/session")
final class SessionController {
  private final OperatorLogin login;
  private final Sessions sessions;
  private final SessionCsrfTokens csrf;
  private final PostgresWebSessionStore store;
  private final OidcChain oidc;

  SessionController(
      OperatorLogin login,
      Sessions sessions,
      SessionCsrfTokens csrf,
      PostgresWebSessionStore store,
      OidcChain oidc) {
    this.login = login;
    this.sessions = sessions;
    this.csrf = csrf;
    this.store = store;
    this.oidc = oidc;
  }

  @GetMapping
  Mono<SessionView> session(ServerWebExchange exchange, WebSession session) {
    Mono<CsrfToken> token = exchange.getRequiredAttribute(CsrfToken.class.getName());
    return token.map(current -> view((OperatorWebSession) session, current));
  }

  @PostMapping
  Mono<SessionView> logIn(
      @RequestBody LoginRequest request, ServerWebExchange exchange, WebSession session) {
    var current = (OperatorWebSession) session;
    var origin = new OperatorLogin.Origin(address(exchange), RequestId.of(exchange));
    String newId = sessions.newId();
    return Mono.fromCallable(
            () -> login.logIn(request.credentials(), origin, current.getId(), newId))
        .subscribeOn(store.blocking())
        .map(
            person -> {
              current.loggedIn(newId, person, Way.PASSWORD);
              return view(current, csrf.renew(current));
            });
  }

  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  Mono<Void> logOut(WebSession session) {
    return session.invalidate();
  }

  private SessionView view(OperatorWebSession session, CsrfToken token) {
    return SessionView.of(session, token, new LoginView(login.takesPasswords(), oidc.isOn()));
  }

  static String address(ServerWebExchange exchange) {
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    return remote == null || remote.getAddress() == null
        ? "unknown"
        : remote.getAddress().getHostAddress();
  }

  record LoginRequest(@Nullable String email, @Nullable String password) {
    OperatorLogin.Credentials credentials() {
      if (email == null || password == null) {
        throw ServiceException.about(
            ErrorCode.MISSING_PARAMETER,
            email == null ? "email" : "password",
            "Send email and password.");
      }
      if (email.chars().anyMatch(Character::isISOControl)) {
        throw ServiceException.about(
            ErrorCode.INVALID_VALUE, "email", "The field email is an e-mail address.");
      }
      return new OperatorLogin.Credentials(email, password);
    }

    @Override
    public String toString() {
      return "LoginRequest[…]";
    }
  }

  /**
   * What a browser knows of its session.
   *
   * @param operator if the person runs the site
   * @param login how somebody logs in
   */
  record SessionView(
      boolean authenticated,
      @Nullable OperatorView operator,
      @Nullable PersonView person,
      CsrfView csrf,
      LoginView login) {
    static SessionView of(OperatorWebSession session, CsrfToken token, LoginView login) {
      Principal person = session.person();
      return new SessionView(
          person != null,
          person == null || !person.operator() ? null : new OperatorView(person.name()),
          person == null ? null : PersonView.of(person),
          new CsrfView(token.getHeaderName(), token.getToken()),
          login);
    }
  }

  /**
   * How people log in here.
   *
   * @param oidc at the identity provider: the browser goes to {@code /admin/login/oidc}
   */
  record LoginView(boolean password, boolean oidc) {}

  record OperatorView(String email) {}

  /**
   * Who has logged in.
   *
   * @param permissions what the roles allow; what is not in it may be done nowhere
   */
  record PersonView(String email, List<RoleView> roles, List<GrantView> permissions) {
    static PersonView of(Principal person) {
      return new PersonView(
          person.name(),
          person.memberships().stream().map(RoleView::of).toList(),
          Arrays.stream(Permission.values())
              .filter(permission -> !person.reach(permission).isEmpty())
              .map(permission -> GrantView.of(permission, person.reach(permission)))
              .toList());
    }
  }

  /**
   * Where one thing may be done.
   *
   * @param everywhere on the whole site
   * @param organizations in all of these
   * @param projects in these
   */
  record GrantView(
      String permission, boolean everywhere, List<String> organizations, List<String> projects) {
    static GrantView of(Permission permission, Reach reach) {
      return new GrantView(
          permission.wire(),
          reach.everywhere(),
          reach.organizations().stream().sorted().map(String::valueOf).toList(),
          reach.projects().keySet().stream().sorted().map(String::valueOf).toList());
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record RoleView(String organizationId, @Nullable String projectId, String role) {
    static RoleView of(Membership membership) {
      Long project = membership.projectId();
      return new RoleView(
          Long.toString(membership.organizationId()),
          project == null ? null : Long.toString(project),
          membership.role().wire());
    }
  }

  record CsrfView(String header, String token) {}
}
