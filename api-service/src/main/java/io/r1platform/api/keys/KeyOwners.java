package io.r1platform.api.keys;

import java.util.Set;

/**
 * Whose keys are meant: those of all projects of some organizations, and those of single projects
 * besides.
 */
public record KeyOwners(Set<Long> organizations, Set<Long> projects) {
  public KeyOwners {
    organizations = Set.copyOf(organizations);
    projects = Set.copyOf(projects);
  }
}
