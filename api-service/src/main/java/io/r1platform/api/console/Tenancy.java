package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Reach;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps a request within what its principal reaches, whatever it asks for. What lies beyond does
 * not exist for it: 404, as for what exists nowhere.
 */
@Component
class Tenancy {
  private static final String ORGANIZATION = "organization_id";
  private static final String PROJECT = "project_id";

  private final Tenants tenants;

  Tenancy(Tenants tenants) {
    this.tenants = tenants;
  }

  /**
   * The organization that was asked for, or the only one that is reached as a whole; null for all,
   * which only the site's operator reaches.
   *
   * @throws ServiceException {@code not_found}; {@code missing_parameter} where several are reached
   */
  @Nullable Long organization(Reach reach, String parameter, @Nullable Long asked) {
    if (asked == null) {
      return reach.everywhere() ? null : only(reach.organizations(), parameter);
    }
    if (!reach.hasOrganization(asked)) {
      throw ServiceException.notFound("This organization");
    }
    return asked;
  }

  /** The same, where there must be one. */
  long oneOrganization(Reach reach, @Nullable String asked) {
    Long found = organization(reach, ORGANIZATION, Fields.optionalId(ORGANIZATION, asked));
    return found == null ? Fields.requiredId(ORGANIZATION, asked) : found;
  }

  /** An organization that is reached as a whole, and is there. */
  void requireOrganization(Reach reach, long id) {
    if (!reach.hasOrganization(id) || !tenants.hasOrganization(id)) {
      throw ServiceException.notFound("This organization");
    }
  }

  /** A query with {@code organization_id} of an organization that is reached as a whole. */
  Query withinOrganization(Reach reach, Query query) {
    Long asked = Fields.optionalId(ORGANIZATION, query.get(ORGANIZATION));
    return with(query, ORGANIZATION, organization(reach, ORGANIZATION, asked));
  }

  /** A query for usage of an organization, or where only projects are reached of one of them. */
  Query within(Reach reach, Query query) {
    if (reach.everywhere()) {
      return query;
    }
    Long asked = Fields.optionalId(ORGANIZATION, query.get(ORGANIZATION));
    Set<Long> touched = new HashSet<>(reach.organizations());
    touched.addAll(reach.projects().values());
    long organization = asked == null ? only(touched, ORGANIZATION) : asked;
    if (!touched.contains(organization)) {
      throw ServiceException.notFound("This organization");
    }
    with(query, ORGANIZATION, organization);
    if (reach.hasOrganization(organization)) {
      return query;
    }
    Long project = Fields.optionalId(PROJECT, query.get(PROJECT));
    if (project == null) {
      project = only(projectsOf(reach, organization), PROJECT);
    }
    if (!reach.hasProject(organization, project)) {
      throw ServiceException.notFound("This project");
    }
    return with(query, PROJECT, project);
  }

  /** A project that is reached. */
  ProjectView project(Reach reach, long id) {
    return tenants
        .project(id)
        .filter(found -> reach.hasProject(found.organizationId(), id))
        .orElseThrow(() -> ServiceException.notFound("This project"));
  }

  /** The single projects of an organization that are reached. */
  static Set<Long> projectsOf(Reach reach, long organization) {
    Set<Long> projects = new HashSet<>();
    for (Map.Entry<Long, Long> project : reach.projects().entrySet()) {
      if (project.getValue() == organization) {
        projects.add(project.getKey());
      }
    }
    return projects;
  }

  private static long only(Set<Long> reached, String parameter) {
    if (reached.size() != 1) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, parameter, "Say which of yours with " + parameter + ".");
    }
    return reached.iterator().next();
  }

  private static Query with(Query query, String name, @Nullable Long id) {
    return query.with(name, id == null ? null : Long.toString(id));
  }
}
