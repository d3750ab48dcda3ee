package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Invitation;
import io.r1platform.api.people.Invitations;
import io.r1platform.api.people.Member;
import io.r1platform.api.people.Members;
import io.r1platform.api.people.Membership;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.people.Role;
import io.r1platform.api.security.Access;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /admin/api/members} and {@code /admin/api/invitations}. Only owners, and the operator,
 * make owners or take their roles. A token is in the answer that makes it and nowhere else.
 */
@RestController
@RequestMapping("/admin/api")
final class MemberController {
  private final Access access;
  private final Tenancy tenancy;
  private final Members members;
  private final Invitations invitations;
  private final AuditTrail audit;
  private final TransactionOperations transactions;

  MemberController(
      Access access,
      Tenancy tenancy,
      Members members,
      Invitations invitations,
      AuditTrail audit,
      TransactionOperations transactions) {
    this.access = access;
    this.tenancy = tenancy;
    this.members = members;
    this.invitations = invitations;
    this.audit = audit;
    this.transactions = transactions;
  }

  @GetMapping("/members")
  MemberItems list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String after) {
    Reach reach = access.reach(principal, Permission.MEMBERS_READ);
    long whose = tenancy.oneOrganization(reach, organization);
    int rows = Fields.limit(limit);
    Long last = Fields.optionalId("after", after);
    List<Member> found = members.page(whose, last == null ? 0 : last, rows + 1);
    List<Member> page = found.subList(0, Math.min(rows, found.size()));
    return new MemberItems(
        page.stream().map(MemberItem::of).toList(),
        found.size() > rows ? Long.toString(page.getLast().id()) : null);
  }

  @PutMapping("/members/{id}")
  ResponseEntity<MemberItem> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody NewRole body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    requireReached(who, id);
    Actor actor = Actors.of(who, exchange);
    long version = Fields.version(ifMatch);
    Role role = role(body.role());
    MemberItem changed =
        transactions.execute(
            status -> {
              Member before = members.hold(id);
              requireOwner(who, before.organizationId(), before.role(), role);
              MemberItem was = MemberItem.of(before);
              MemberItem is = MemberItem.of(members.change(id, version, role));
              record(actor, "member.changed", "member", before.organizationId(), id, was, is);
              return is;
            });
    return ResponseEntity.ok().eTag(changed.version()).body(changed);
  }

  @DeleteMapping("/members/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    requireReached(who, id);
    Actor actor = Actors.of(who, exchange);
    long version = Fields.version(ifMatch);
    transactions.executeWithoutResult(
        status -> {
          Member before = members.hold(id);
          requireOwner(who, before.organizationId(), before.role(), before.role());
          List<Invitation> revoked = members.remove(id, version);
          MemberItem was = MemberItem.of(before);
          record(actor, "member.removed", "member", before.organizationId(), id, was, null);
          revoked.forEach(invitation -> recordRevocation(actor, invitation));
        });
  }

  @GetMapping("/invitations")
  InvitationItems invitations(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String after) {
    Reach reach = access.reach(principal, Permission.MEMBERS_READ);
    long whose = tenancy.oneOrganization(reach, organization);
    int rows = Fields.limit(limit);
    Long last = Fields.optionalId("after", after);
    List<Invitation> found =
        invitations.page(whose, last == null ? Long.MAX_VALUE : last, rows + 1);
    List<Invitation> page = found.subList(0, Math.min(rows, found.size()));
    return new InvitationItems(
        page.stream().map(InvitationItem::of).toList(),
        found.size() > rows ? Long.toString(page.getLast().id()) : null);
  }

  @PostMapping("/invitations")
  @ResponseStatus(HttpStatus.CREATED)
  Issued invite(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewInvitation body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    Actor actor = Actors.of(who, exchange);
    long organization = Fields.requiredId("organization_id", body.organizationId());
    Reach reach = who.reach(Permission.MEMBERS_WRITE);
    tenancy.requireOrganization(reach, organization);
    Long project = Fields.optionalId("project_id", body.projectId());
    if (project != null && tenancy.project(reach, project).organizationId() != organization) {
      throw ServiceException.notFound("This project");
    }
    Role role = role(body.role());
    requireOwner(who, organization, role, role);
    String email = Fields.required("email", body.email());
    return transactions.execute(
        status -> {
          var issued = invitations.invite(email, new Membership(organization, project, role));
          InvitationItem item = InvitationItem.of(issued.invitation());
          long id = issued.invitation().id();
          record(actor, "invitation.made", "invitation", organization, id, null, item);
          return new Issued(item, issued.token());
        });
  }

  @DeleteMapping("/invitations/{id}")
  InvitationItem revoke(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    Invitation before = invitations.invitation(id);
    long organization = before.membership().organizationId();
    if (!who.reach(Permission.MEMBERS_WRITE).hasOrganization(organization)) {
      throw ServiceException.notFound("This invitation");
    }
    Actor actor = Actors.of(who, exchange);
    return transactions.execute(
        status -> {
          InvitationItem was = InvitationItem.of(before);
          InvitationItem is = InvitationItem.of(invitations.revoke(id));
          record(actor, "invitation.revoked", "invitation", organization, id, was, is);
          return is;
        });
  }

  private void requireReached(Principal who, long id) {
    long organization = members.member(id).organizationId();
    if (!who.reach(Permission.MEMBERS_WRITE).hasOrganization(organization)) {
      throw ServiceException.notFound("This member");
    }
  }

  private static void requireOwner(Principal who, long organization, Role before, Role after) {
    if ((before == Role.OWNER || after == Role.OWNER) && !who.owns(organization)) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN, "Only an owner makes owners or takes their role.");
    }
  }

  private static Role role(@Nullable String sent) {
    return Role.of(Fields.required("role", sent))
        .orElseThrow(
            () ->
                ServiceException.about(
                    ErrorCode.INVALID_VALUE,
                    "role",
                    "A role is owner, admin, developer, finance or viewer."));
  }

  private void recordRevocation(Actor actor, Invitation invitation) {
    InvitationItem is = InvitationItem.of(invitation);
    long organization = invitation.membership().organizationId();
    record(actor, "invitation.revoked", "invitation", organization, invitation.id(), is.open(), is);
  }

  private void record(
      Actor actor,
      String action,
      String kind,
      long organization,
      long id,
      @Nullable Object before,
      @Nullable Object after) {
    audit.record(actor, new Change(action, kind, Long.toString(id), organization, before, after));
  }

  record NewRole(@Nullable String role) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record NewInvitation(
      @Nullable String organizationId,
      @Nullable String projectId,
      @Nullable String email,
      @Nullable String role) {}

  record MemberItems(List<MemberItem> items, @Nullable String next) {}

  record InvitationItems(List<InvitationItem> items, @Nullable String next) {}

  /**
   * A new invitation.
   *
   * @param token for the link {@code /admin/login/oidc?invitation=…}; printing it shows none
   */
  record Issued(InvitationItem invitation, String token) {
    @Override
    public String toString() {
      return "Issued[" + invitation + "]";
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record MemberItem(
      String id,
      String organizationId,
      @Nullable String projectId,
      String email,
      String role,
      boolean ofGroup,
      Instant createdAt,
      String version) {
    static MemberItem of(Member member) {
      Long project = member.projectId();
      return new MemberItem(
          Long.toString(member.id()),
          Long.toString(member.organizationId()),
          project == null ? null : Long.toString(project),
          member.email(),
          member.role().wire(),
          member.ofGroup(),
          member.createdAt(),
          Long.toString(member.version()));
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record InvitationItem(
      String id,
      String organizationId,
      @Nullable String projectId,
      String email,
      String role,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant acceptedAt,
      @Nullable Instant revokedAt) {
    static InvitationItem of(Invitation invitation) {
      Membership membership = invitation.membership();
      Long project = membership.projectId();
      return new InvitationItem(
          Long.toString(invitation.id()),
          Long.toString(membership.organizationId()),
          project == null ? null : Long.toString(project),
          invitation.email(),
          membership.role().wire(),
          invitation.createdAt(),
          invitation.expiresAt(),
          invitation.acceptedAt(),
          invitation.revokedAt());
    }

    /** As it was before it was revoked. */
    InvitationItem open() {
      return new InvitationItem(
          id, organizationId, projectId, email, role, createdAt, expiresAt, acceptedAt, null);
    }
  }
}
