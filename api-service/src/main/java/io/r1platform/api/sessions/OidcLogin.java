package io.r1platform.api.sessions;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Admissions;
import io.r1platform.api.people.Identity;
import io.r1platform.api.people.LoginRefusal;
import io.r1platform.api.people.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Logs in whom the identity provider vouches for; blocking. */
@Component
public class OidcLogin {
  private final Admissions admissions;
  private final LoginAttempts attempts;
  private final Sessions sessions;
  private final AuditTrail audit;
  private final TransactionOperations transactions;

  OidcLogin(
      Admissions admissions,
      LoginAttempts attempts,
      Sessions sessions,
      AuditTrail audit,
      TransactionOperations transactions) {
    this.admissions = admissions;
    this.attempts = attempts;
    this.sessions = sessions;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * Gives session {@code oldId} to the person of this identity under {@code newId}. Refusals count
   * as failed logins, apart from wrong passwords: who guesses these locks nobody out here.
   *
   * @param invitation hash of an invitation's token, null without one
   * @throws ServiceException {@code forbidden}, or {@code too_many_attempts}
   */
  public Principal logIn(
      Identity identity,
      @Nullable String invitation,
      OperatorLogin.Origin origin,
      String oldId,
      String newId) {
    attempts.begin(Way.OIDC, identity.email(), origin.address());
    Principal person =
        transactions.execute(
            status -> {
              Admissions.Admitted admitted = admissions.admit(identity, invitation);
              if (!admitted.person().enabled()) {
                throw LoginRefusal.DISABLED.exception();
              }
              record(admitted, origin);
              if (!sessions.logIn(oldId, newId, admitted.id(), Way.OIDC)) {
                throw ServiceException.of(
                    ErrorCode.NOT_AUTHENTICATED, "The session has ended. Log in again.");
              }
              return admitted.person();
            });
    attempts.succeeded(Way.OIDC, identity.email(), origin.address());
    return person;
  }

  /** A row holds its chain: that of the organization always before the site's, else two wait. */
  private void record(Admissions.Admitted admitted, OperatorLogin.Origin origin) {
    Principal person = admitted.person();
    Principal before = admitted.before().orElse(null);
    var actor = new Actor(person.name(), origin.address(), origin.requestId());
    String id = Long.toString(admitted.id());
    admitted
        .accepted()
        .ifPresent(
            role -> {
              long organization = role.organizationId();
              audit.record(
                  actor, new Change("invitation.accepted", "person", id, organization, null, role));
            });
    if (!Objects.equals(before, person)) {
      String action = before == null ? "person.added" : "person.roles_renewed";
      audit.record(actor, new Change(action, "person", id, null, before, person));
    }
    audit.record(
        actor,
        new Change(
            person.operator() ? "operator.logged_in" : "person.logged_in",
            "person",
            id,
            null,
            null,
            null));
  }
}
