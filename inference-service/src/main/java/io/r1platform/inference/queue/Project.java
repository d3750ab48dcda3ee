package io.r1platform.inference.queue;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** A project's requests, first come, first served. */
final class Project<T> extends Member {
  private final Organization<T> organization;
  private final LinkedHashSet<Place<T>> places = new LinkedHashSet<>();

  Project(String key, Organization<T> organization) {
    super(key, 1);
    this.organization = organization;
  }

  @Override
  boolean waits() {
    return !places.isEmpty();
  }

  Organization<T> organization() {
    return organization;
  }

  SequencedSet<Place<T>> places() {
    return places;
  }
}
