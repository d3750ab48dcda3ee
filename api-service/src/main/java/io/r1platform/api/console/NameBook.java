package io.r1platform.api.console;

import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.people.Reach;
import io.r1platform.api.tenants.Listing;
import io.r1platform.api.tenants.OrganizationView;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.api.upstreams.Catalogue;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts names beside the ids in billing's reports, which have ids only; a row whose object is not
 * known here keeps its id and gets no name.
 */
@Component
class NameBook {
  private static final int AT_ONCE = 1_000;

  private final Tenants tenants;
  private final Keys keys;
  private final Catalogue models;

  NameBook(Tenants tenants, Keys keys, Catalogue models) {
    this.tenants = tenants;
    this.keys = keys;
    this.models = models;
  }

  /** Names rows that were grouped by {@code dimension}; days need none. */
  void nameGroups(String dimension, JsonNode items) {
    switch (dimension) {
      case "project" -> name(items, projectNames(ids(items, "key")));
      case "key" -> name(items, keyNames(ids(items, "key")));
      case "model" ->
          items.forEach(
              item ->
                  models
                      .nameOf(Math.toIntExact(id(item, "key")))
                      .ifPresent(name -> ((ObjectNode) item).put("name", name)));
      default -> {}
    }
  }

  /** Adds organization, project and API key as {@code {id, name}} to each request. */
  void nameRequests(Collection<? extends JsonNode> requests) {
    Map<Long, String> organizations = organizationNames(ids(requests, "organization_id"));
    Map<Long, String> projects = projectNames(ids(requests, "project_id"));
    Map<Long, String> keyNames = keyNames(ids(requests, "api_key_id"));
    for (JsonNode request : requests) {
      add(request, "organization", "organization_id", organizations);
      add(request, "project", "project_id", projects);
      add(request, "api_key", "api_key_id", keyNames);
    }
  }

  /** Reads all organizations that are reached by name, some at a time. */
  void eachOrganization(Reach reach, Consumer<OrganizationView> use) {
    Long after = null;
    List<OrganizationView> page;
    do {
      page =
          tenants.organizations(
              reach.touchedOrganizations(), new Listing(after, true, false, AT_ONCE));
      page.forEach(use);
      after = page.isEmpty() ? after : Long.valueOf(page.getLast().id());
    } while (page.size() == AT_ONCE);
  }

  private static void add(JsonNode row, String member, String idField, Map<Long, String> names) {
    ObjectNode named = ((ObjectNode) row).putObject(member);
    named.put("id", row.path(idField).asString(""));
    named.put("name", names.getOrDefault(id(row, idField), row.path(idField).asString("")));
  }

  private static void name(JsonNode items, Map<Long, String> names) {
    for (JsonNode item : items) {
      String name = names.get(id(item, "key"));
      if (name != null) {
        ((ObjectNode) item).put("name", name);
      }
    }
  }

  private Map<Long, String> organizationNames(Set<Long> ids) {
    return named(ids, tenants::organizationsById, OrganizationView::name);
  }

  private Map<Long, String> projectNames(Set<Long> ids) {
    return named(ids, tenants::projectsById, ProjectView::name);
  }

  private Map<Long, String> keyNames(Set<Long> ids) {
    return named(ids, keys::byId, KeyView::name);
  }

  /** Some at a time, since a statement has 65,535 parameters at most. */
  private static <T> Map<Long, String> named(
      Set<Long> ids, Function<Collection<Long>, Map<Long, T>> find, Function<T, String> name) {
    Map<Long, String> names = new HashMap<>();
    List<Long> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      find.apply(all.subList(from, Math.min(from + AT_ONCE, all.size())))
          .forEach((id, found) -> names.put(id, name.apply(found)));
    }
    return names;
  }

  private static Set<Long> ids(Iterable<? extends JsonNode> rows, String field) {
    Set<Long> ids = new java.util.HashSet<>();
    rows.forEach(row -> ids.add(id(row, field)));
    return ids;
  }

  private static long id(JsonNode row, String field) {
    return Long.parseLong(row.path(field).asString("0"));
  }
}
