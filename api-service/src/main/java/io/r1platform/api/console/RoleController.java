package io.r1platform.api.console;

import io.r1platform.api.people.GroupRoles;
import io.r1platform.api.people.Member;
import io.r1platform.api.people.Members;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.people.Role;
import io.r1platform.api.security.Access;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /admin/api/roles}: what each role may do, what gives it, and whom to ask for it. */
@RestController
@RequestMapping("/admin/api/roles")
final class RoleController {
  private static final int MOST_HOLDERS = 20;

  private final Access access;
  private final Tenancy tenancy;
  private final Members members;
  private final GroupRoles groups;

  RoleController(Access access, Tenancy tenancy, Members members, GroupRoles groups) {
    this.access = access;
    this.tenancy = tenancy;
    this.members = members;
    this.groups = groups;
  }

  /** The matrix of roles and permissions, as the routes ask it. */
  @GetMapping
  Matrix matrix(@AuthenticationPrincipal @Nullable Principal principal) {
    access.allowed(principal, Permission.TENANTS_READ);
    return new Matrix(
        Arrays.stream(Role.values()).map(RoleItem::of).toList(),
        Arrays.stream(Permission.values()).map(PermissionItem::of).toList());
  }

  /** Which groups and domains of the identity provider have a role in the organization. */
  @GetMapping("/mapping")
  Mapping mapping(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization) {
    Reach reach = access.reach(principal, Permission.MEMBERS_READ);
    long whose = tenancy.oneOrganization(reach, organization);
    return new Mapping(
        groups.groupsOf(whose).stream().map(Mapped::of).toList(),
        groups.domainsOf(whose).stream().map(Mapped::of).toList());
  }

  /** Owners and admins of the organization, the first 20: whom its people ask for a role. */
  @GetMapping("/holders")
  Holders holders(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization) {
    Reach reach = access.reach(principal, Permission.OVERVIEW_READ);
    long whose = tenancy.oneOrganization(reach, organization);
    return new Holders(
        members.whoGivesRoles(whose, MOST_HOLDERS).stream().map(Holder::of).toList());
  }

  record Matrix(List<RoleItem> roles, List<PermissionItem> permissions) {}

  /** A role; {@code ofProjects} if it can be one in a single project. */
  @JsonNaming(SnakeCaseStrategy.class)
  record RoleItem(String role, boolean ofProjects) {
    static RoleItem of(Role role) {
      return new RoleItem(role.wire(), role.isOfProjects());
    }
  }

  /**
   * A permission.
   *
   * @param byProject whether a role in one project gives it there
   * @param operator whether running the site gives it
   * @param roles which give it
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record PermissionItem(
      String permission, boolean byProject, boolean operator, List<String> roles) {
    static PermissionItem of(Permission permission) {
      return new PermissionItem(
          permission.wire(),
          permission.byProject(),
          permission.isOperators(),
          permission.roles().stream().map(Role::wire).toList());
    }
  }

  record Mapping(List<Mapped> groups, List<Mapped> domains) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Mapped(String name, String role, @Nullable String projectId) {
    static Mapped of(GroupRoles.Mapped mapped) {
      Long project = mapped.membership().projectId();
      return new Mapped(
          mapped.name(),
          mapped.membership().role().wire(),
          project == null ? null : Long.toString(project));
    }
  }

  record Holders(List<Holder> items) {}

  record Holder(String email, String role) {
    static Holder of(Member member) {
      return new Holder(member.email(), member.role().wire());
    }
  }
}
