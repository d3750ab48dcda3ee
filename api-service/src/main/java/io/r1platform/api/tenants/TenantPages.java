package io.r1platform.api.tenants;

import static java.util.stream.Collectors.joining;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads organizations and projects in keyset pages. */
@Component
class TenantPages {
  private final EntityManager entities;

  TenantPages(EntityManager entities) {
    this.entities = entities;
  }

  List<Organization> organizations(@Nullable Collection<Long> among, Listing listing) {
    return among == null
        ? page(Organization.class, listing, List.of(), Map.of())
        : page(Organization.class, listing, List.of("t.id in :among"), Map.of("among", among));
  }

  List<Project> projects(
      @Nullable Long organizationId,
      @Nullable Collection<Long> within,
      Collection<Long> besides,
      Listing listing) {
    List<String> conditions = new ArrayList<>();
    Map<String, Object> parameters = new HashMap<>();
    if (organizationId != null) {
      conditions.add("t.organizationId = :organization");
      parameters.put("organization", organizationId);
    }
    if (within != null) {
      conditions.add("(t.organizationId in :within or t.id in :besides)");
      parameters.put("within", within);
      parameters.put("besides", besides);
    }
    return page(Project.class, listing, conditions, parameters);
  }

  /** Nobody renames an organization or project, so a row's id says where it stands. */
  private <T> List<T> page(
      Class<T> entity, Listing listing, List<String> conditions, Map<String, Object> parameters) {
    List<String> where = new ArrayList<>(conditions);
    Map<String, Object> all = new HashMap<>(parameters);
    String beyond = listing.descending() ? "<" : ">";
    Long after = listing.after();
    if (after != null) {
      String reached = // a row that the caller may not see tells no name
          conditions.stream().map(it -> " and " + it.replace("t.", "c.")).collect(joining());
      String last =
          "(select lower(c.name) from %s c where c.id = :after%s)"
              .formatted(entity.getSimpleName(), reached);
      where.add(
          listing.byName()
              ? "(lower(t.name) %2$s %1$s or (lower(t.name) = %1$s and t.id %2$s :after))"
                  .formatted(last, beyond)
              : "t.id %s :after".formatted(beyond));
      all.put("after", after);
    }
    String way = listing.descending() ? " desc" : "";
    TypedQuery<T> query =
        entities.createQuery(
            "select t from %s t%s order by %st.id%s"
                .formatted(
                    entity.getSimpleName(),
                    where.isEmpty() ? "" : " where " + String.join(" and ", where),
                    listing.byName() ? "lower(t.name)" + way + ", " : "",
                    way),
            entity);
    all.forEach(query::setParameter);
    return query.setMaxResults(listing.limit()).getResultList();
  }
}
