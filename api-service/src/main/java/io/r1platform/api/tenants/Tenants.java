package io.r1platform.api.tenants;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes and finds organizations and projects. Names are unique, organizations on the site and
 * projects in their organization, upper and lower case alike; a name that is taken is refused with
 * {@code invalid_state}.
 */
@Service
@Transactional(readOnly = true)
public class Tenants {
  private static final int MOST_MODELS = 100;
  private static final int MOST_DAYS = 90;
  private static final int LONGEST_REASON = 200;

  private final Organizations organizations;
  private final Projects projects;
  private final TenantPages pages;
  private final Clock clock;

  Tenants(Organizations organizations, Projects projects, TenantPages pages, Clock clock) {
    this.organizations = organizations;
    this.projects = projects;
    this.pages = pages;
    this.clock = clock;
  }

  /**
   * A page of organizations.
   *
   * @param among only these; null for all of the site
   */
  public List<OrganizationView> organizations(@Nullable Collection<Long> among, Listing listing) {
    return pages.organizations(among, listing).stream().map(Organization::view).toList();
  }

  /** Those of these organizations that exist, by id. */
  public Map<Long, OrganizationView> organizationsById(Collection<Long> ids) {
    return ids.isEmpty()
        ? Map.of()
        : organizations.findByIdIn(ids).stream()
            .map(Organization::view)
            .collect(Collectors.toMap(OrganizationView::id, organization -> organization));
  }

  /** Whether there is such an organization. */
  public boolean hasOrganization(long id) {
    return organizations.existsById(id);
  }

  /**
   * Asks that there is such an organization, since billing knows none.
   *
   * @param id the request's {@code organization_id}
   * @throws ServiceException invalid_value
   */
  public void requireOrganization(long id) {
    if (!hasOrganization(id)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "organization_id", "This organization does not exist.");
    }
  }

  /**
   * A page of projects.
   *
   * @param organizationId of this organization only; null for all
   * @param within only these organizations as a whole; null for all of the site
   * @param besides these projects too, where {@code within} is not null
   */
  public List<ProjectView> projects(
      @Nullable Long organizationId,
      @Nullable Collection<Long> within,
      Collection<Long> besides,
      Listing listing) {
    return pages.projects(organizationId, within, besides, listing).stream()
        .map(Project::view)
        .toList();
  }

  /** One project. */
  public Optional<ProjectView> project(long id) {
    return projects.findById(id).map(Project::view);
  }

  /** Those of these projects that exist, by id. */
  public Map<Long, ProjectView> projectsById(Collection<Long> ids) {
    return ids.isEmpty()
        ? Map.of()
        : projects.findByIdIn(ids).stream()
            .map(Project::view)
            .collect(Collectors.toMap(ProjectView::id, project -> project));
  }

  /** Makes an organization of weight 1. */
  @Transactional
  public OrganizationView createOrganization(String name) {
    return createOrganization(name, 1);
  }

  /** Makes an organization. */
  @Transactional
  public OrganizationView createOrganization(String name, int weight) {
    var organization =
        new Organization(name, weight, clock.instant().truncatedTo(ChronoUnit.MICROS));
    if (organizations.existsByNameIgnoreCase(name.strip())) {
      throw taken("organization");
    }
    try {
      return organizations.saveAndFlush(organization).view();
    } catch (DataIntegrityViolationException e) {
      throw taken("organization");
    }
  }

  /** One organization. */
  public OrganizationView organization(long id) {
    return find(id).view();
  }

  /**
   * Gives an organization another weight. Every replica has it within a second, for the requests
   * that come then.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional
  public OrganizationView weigh(long id, long version, int weight) {
    Organization organization = seenOrganization(id, version);
    organization.weigh(weight);
    return organizations.saveAndFlush(organization).view();
  }

  /**
   * Has an organization begin nothing new, on every replica within a second. What runs goes on to
   * its end and is charged. Refused with {@code invalid_state} if it is suspended already.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param because what its people are told, 1 to 200 characters
   */
  @Transactional
  public OrganizationView suspend(long id, long version, String because) {
    String reason = because.strip();
    if (reason.isEmpty()
        || reason.length() > LONGEST_REASON
        || reason.chars().anyMatch(Character::isISOControl)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "reason",
          "A reason has 1 to 200 characters and no control characters.");
    }
    Organization organization = seenOrganization(id, version);
    organization.suspend(reason, clock.instant().truncatedTo(ChronoUnit.MICROS));
    return organizations.saveAndFlush(organization).view();
  }

  /**
   * Lets a suspended organization go on, on every replica within a second. Refused with {@code
   * invalid_state} if it is not suspended.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   */
  @Transactional
  public OrganizationView resume(long id, long version) {
    Organization organization = seenOrganization(id, version);
    organization.resume();
    return organizations.saveAndFlush(organization).view();
  }

  private Organization seenOrganization(long id, long version) {
    Organization organization = find(id);
    if (!organization.hasVersion(version)) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION,
          "The organization has changed since you read it. Read it again.");
    }
    return organization;
  }

  private Organization find(long id) {
    return organizations
        .findById(id)
        .orElseThrow(() -> ServiceException.notFound("This organization"));
  }

  /** Makes a project in an organization that exists. */
  @Transactional
  public ProjectView createProject(long organizationId, String name) {
    var project = new Project(organizationId, name, clock.instant().truncatedTo(ChronoUnit.MICROS));
    requireOrganization(organizationId);
    if (projects.existsByOrganizationIdAndNameIgnoreCase(organizationId, name.strip())) {
      throw taken("project");
    }
    try {
      return projects.saveAndFlush(project).view();
    } catch (DataIntegrityViolationException e) {
      throw taken("project");
    }
  }

  /**
   * Says which models a project's keys may use, on every replica within a second.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param models their names, 1 to 100; null for all
   */
  @Transactional
  public ProjectView limitModels(long id, long version, @Nullable Set<String> models) {
    Project project = seen(id, version);
    if (models != null && (models.isEmpty() || models.size() > MOST_MODELS)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "models",
          "A project has 1 to 100 models; without a value it may use all.");
    }
    project.limitTo(models);
    return projects.saveAndFlush(project).view();
  }

  /**
   * Says how long prompts and answers of a project's requests are stored, from the next second on.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param days 1 to 90; null for not at all
   */
  @Transactional
  public ProjectView keepContent(long id, long version, @Nullable Integer days) {
    Project project = seen(id, version);
    if (days != null && (days < 1 || days > MOST_DAYS)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "days",
          "Prompts and answers are stored for 1 to 90 days; without a value they are not.");
    }
    project.keepContent(days, clock.instant().truncatedTo(ChronoUnit.MICROS));
    return projects.saveAndFlush(project).view();
  }

  private Project seen(long id, long version) {
    Project project =
        projects.findById(id).orElseThrow(() -> ServiceException.notFound("This project"));
    if (!project.hasVersion(version)) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The project has changed since you read it. Read it again.");
    }
    return project;
  }

  private static ServiceException taken(String what) {
    return ServiceException.about(
        ErrorCode.INVALID_STATE,
        "name",
        "There is already " + (what.startsWith("o") ? "an " : "a ") + what + " of this name.");
  }
}
