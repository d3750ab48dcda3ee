package io.r1platform.api.upstreams;

import java.time.Instant;
import java.util.Set;

/**
 * A model that a server stands behind.
 *
 * @param id the model's number on usage records
 * @param name its name
 * @param aliases other names that tenants may use
 * @param ownedBy who made it
 * @param createdAt when it was added
 */
public record ServedModel(
    int id, String name, Set<String> aliases, String ownedBy, Instant createdAt) {

  boolean isCalled(String called) {
    return name.equals(called) || aliases.contains(called);
  }
}
