package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Accounts;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.sessions.Sessions;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /admin/api/people}: who may log in on this site, and shutting somebody out. That is the
 * operator's, since one person may have roles in several organizations.
 */
@RestController
@RequestMapping("/admin/api/people")
final class PeopleController {
  private final Access access;
  private final Accounts accounts;
  private final Sessions sessions;
  private final AuditTrail audit;
  private final Writes writes;

  PeopleController(
      Access access, Accounts accounts, Sessions sessions, AuditTrail audit, Writes writes) {
    this.access = access;
    this.accounts = accounts;
    this.sessions = sessions;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping
  Paging.Page<Item> list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(required = false) @Nullable String email,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "created_at", "-created_at");
    return paging.page(
        accounts.page(
            Fields.optionalText("email", email),
            paging.afterId(),
            paging.isDescending(),
            paging.look()),
        Accounts.Account::id,
        Item::of);
  }

  /** Shuts a person out, or lets it in again: sessions, rights and open invitations end with it. */
  @PutMapping("/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody NewState body,
      ServerWebExchange exchange) {
    Principal who = access.operator(principal);
    Write write = Write.of(who, exchange);
    accounts.account(id); // else it says that a version is missing of what does not exist
    long version = Fields.version(ifMatch);
    boolean enabled = enabled(body);
    if (!enabled && who.personId() != null && who.personId() == id) {
      throw ServiceException.of(
          ErrorCode.INVALID_STATE, "Nobody shuts himself out. Ask another operator.");
    }
    return writes.own(
        write,
        () -> Item.of(accounts.account(id)),
        () -> {
          Item was = Item.of(accounts.account(id));
          Accounts.Changed changed = accounts.change(id, version, enabled);
          Item is = Item.of(changed.account());
          int ended = enabled ? 0 : sessions.removeOf(id);
          record(write, changed, was, is);
          return Writes.Made.ok(is.version(), Effect.of(is, ended, changed));
        });
  }

  private static boolean enabled(NewState body) {
    if (body.enabled() == null) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, "enabled", "The field enabled is missing.");
    }
    return body.enabled();
  }

  /** Its organizations' chains in their order, and the site's last: else two would wait. */
  private void record(Write write, Accounts.Changed changed, Item was, Item is) {
    String action = is.enabled() ? "person.enabled" : "person.disabled";
    var organizations = new TreeSet<Long>();
    changed.roles().forEach(role -> organizations.add(role.organizationId()));
    changed.revoked().forEach(one -> organizations.add(one.membership().organizationId()));
    for (long organization : organizations) {
      if (changed.roles().stream().anyMatch(role -> role.organizationId() == organization)) {
        audit.record(write.actor(), new Change(action, "person", is.id(), organization, was, is));
      }
      changed.revoked().stream()
          .filter(one -> one.membership().organizationId() == organization)
          .map(MemberController.InvitationItem::of)
          .forEach(
              one ->
                  audit.record(
                      write.actor(),
                      new Change(
                          "invitation.revoked",
                          "invitation",
                          one.id(),
                          organization,
                          one.open(),
                          one)));
    }
    audit.record(write.actor(), new Change(action, "person", is.id(), null, was, is));
  }

  record NewState(@Nullable Boolean enabled) {}

  /**
   * What it did.
   *
   * @param endedSessions how many of the person were alive
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Effect(
      Item person,
      int endedSessions,
      List<MemberController.MemberItem> roles,
      List<MemberController.InvitationItem> revokedInvitations) {
    static Effect of(Item person, int ended, Accounts.Changed changed) {
      return new Effect(
          person,
          ended,
          changed.roles().stream().map(MemberController.MemberItem::of).toList(),
          changed.revoked().stream().map(MemberController.InvitationItem::of).toList());
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      String email,
      boolean operator,
      boolean enabled,
      Instant createdAt,
      String version) {
    static Item of(Accounts.Account account) {
      return new Item(
          Long.toString(account.id()),
          account.email(),
          account.operator(),
          account.enabled(),
          account.createdAt(),
          Long.toString(account.version()));
    }
  }
}
