package io.r1platform.api.console;

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
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
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
 * {@code /admin/api/members} and {@code /admin/api/invitations}. Only owners, and the operator,
 * make owners or take their roles, and no management key gives any. A token is in the answer that
 * makes it and nowhere else.
 */
@RestController
@RequestMapping("/admin/api")
final class MemberController {
  private final Access access;
  private final Tenancy tenancy;
  private final Members members;
  private final Invitations invitations;
  private final AuditTrail audit;
  private final Writes writes;

  MemberController(
      Access access,
      Tenancy tenancy,
      Members members,
      Invitations invitations,
      AuditTrail audit,
      Writes writes) {
    this.access = access;
    this.tenancy = tenancy;
    this.members = members;
    this.invitations = invitations;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping("/members")
  Paging.Page<MemberItem> list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    long whose = whose(access.reach(principal, Permission.MEMBERS_READ), parameters);
    var paging = Paging.of(parameters, "created_at", "-created_at");
    return paging.page(
        members.page(whose, paging.afterId(), paging.isDescending(), paging.look()),
        Member::id,
        MemberItem::of);
  }

  @PutMapping("/members/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody NewRole body,
      ServerWebExchange exchange) {
    Principal who = giver(principal);
    requireReached(who, id);
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    Role role = role(body.role());
    return writes.own(
        write,
        () -> MemberItem.of(members.member(id)),
        () -> {
          Member before = members.hold(id);
          requireOwner(who, before.organizationId(), before.role(), role);
          MemberItem was = MemberItem.of(before);
          Members.Changed changed = members.change(id, version, role);
          MemberItem is = MemberItem.of(changed.member());
          record(write, "member.changed", "member", before.organizationId(), id, was, is);
          changed.revoked().forEach(invitation -> recordRevocation(write, invitation));
          return Writes.Made.ok(is.version(), is);
        });
  }

  /** Takes a role; a dry run says which, and which invitations would go with it. */
  @DeleteMapping("/members/{id}")
  ResponseEntity<byte[]> remove(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    requireReached(who, id);
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    return writes.own(
        write,
        () -> MemberItem.of(members.member(id)),
        () -> {
          Member before = members.hold(id);
          requireOwner(who, before.organizationId(), before.role(), before.role());
          List<Invitation> revoked = members.remove(id, version);
          MemberItem was = MemberItem.of(before);
          record(write, "member.removed", "member", before.organizationId(), id, was, null);
          revoked.forEach(invitation -> recordRevocation(write, invitation));
          return write.isDryRun()
              ? new Writes.Made(HttpStatus.OK, null, Removal.of(was, revoked))
              : new Writes.Made(HttpStatus.NO_CONTENT, null, null);
        });
  }

  @GetMapping("/invitations")
  Paging.Page<InvitationItem> invitations(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    long whose = whose(access.reach(principal, Permission.MEMBERS_READ), parameters);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    return paging.page(
        invitations.page(whose, paging.afterId(), paging.isDescending(), paging.look()),
        Invitation::id,
        InvitationItem::of);
  }

  @PostMapping("/invitations")
  ResponseEntity<byte[]> invite(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewInvitation body,
      ServerWebExchange exchange) {
    Principal who = giver(principal);
    Write write = Write.of(who, exchange);
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
    return writes.own(
        write,
        () -> {
          var issued =
              invitations.invite(
                  email, new Membership(organization, project, role), who.personId());
          InvitationItem item = InvitationItem.of(issued.invitation());
          long id = issued.invitation().id();
          record(write, "invitation.made", "invitation", organization, id, null, item);
          String token = write.isDryRun() ? null : issued.token();
          return Writes.Made.created(item.version(), new Issued(item, token));
        });
  }

  @DeleteMapping("/invitations/{id}")
  ResponseEntity<byte[]> revoke(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    long organization = invitations.invitation(id).membership().organizationId();
    if (!who.reach(Permission.MEMBERS_WRITE).hasOrganization(organization)) {
      throw ServiceException.notFound("This invitation");
    }
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    return writes.own(
        write,
        () -> InvitationItem.of(invitations.invitation(id)),
        () -> {
          Invitation before = invitations.hold(id);
          InvitationItem was = InvitationItem.of(before);
          InvitationItem is = InvitationItem.of(invitations.revoke(before, version));
          if (!is.equals(was)) {
            record(write, "invitation.revoked", "invitation", organization, id, was, is);
          }
          return Writes.Made.ok(is.version(), is);
        });
  }

  private long whose(Reach reach, MultiValueMap<String, String> parameters) {
    return tenancy.oneOrganization(reach, parameters.getFirst("organization_id"));
  }

  /** Who may give roles. What a key gave would outlive its revocation. */
  private Principal giver(@Nullable Principal principal) {
    Principal who = access.allowed(principal, Permission.MEMBERS_WRITE);
    if (who.isKey()) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN,
          "Management keys invite nobody and give no roles; owners and admins who have logged in"
              + " do. Nothing was changed.");
    }
    return who;
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

  private void recordRevocation(Write write, Invitation invitation) {
    InvitationItem is = InvitationItem.of(invitation);
    long organization = invitation.membership().organizationId();
    record(write, "invitation.revoked", "invitation", organization, invitation.id(), is.open(), is);
  }

  private void record(
      Write write,
      String action,
      String kind,
      long organization,
      long id,
      @Nullable Object before,
      @Nullable Object after) {
    audit.record(
        write.actor(), new Change(action, kind, Long.toString(id), organization, before, after));
  }

  record NewRole(@Nullable String role) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record NewInvitation(
      @Nullable String organizationId,
      @Nullable String projectId,
      @Nullable String email,
      @Nullable String role) {}

  /** What a dry run of a removal says. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Removal(MemberItem member, List<InvitationItem> revokedInvitations) {
    static Removal of(MemberItem member, List<Invitation> revoked) {
      return new Removal(member, revoked.stream().map(InvitationItem::of).toList());
    }
  }

  /**
   * A new invitation.
   *
   * @param token for the link {@code /admin/login/oidc?invitation=…}; printing it shows none; null
   *     in a dry run
   */
  record Issued(InvitationItem invitation, @Nullable String token) {
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
      String personId,
      String email,
      boolean enabled,
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
          Long.toString(member.personId()),
          member.email(),
          member.enabled(),
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
      @Nullable String invitedBy,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant acceptedAt,
      @Nullable Instant revokedAt,
      String version) {
    static InvitationItem of(Invitation invitation) {
      Membership membership = invitation.membership();
      Long project = membership.projectId();
      return new InvitationItem(
          Long.toString(invitation.id()),
          Long.toString(membership.organizationId()),
          project == null ? null : Long.toString(project),
          invitation.email(),
          membership.role().wire(),
          invitation.invitedBy(),
          invitation.createdAt(),
          invitation.expiresAt(),
          invitation.acceptedAt(),
          invitation.revokedAt(),
          Long.toString(invitation.version()));
    }

    /** As it was before it was revoked. */
    InvitationItem open() {
      return new InvitationItem(
          id,
          organizationId,
          projectId,
          email,
          role,
          invitedBy,
          createdAt,
          expiresAt,
          acceptedAt,
          null,
          "0");
    }
  }
}
