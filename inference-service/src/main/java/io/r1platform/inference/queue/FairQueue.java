package io.r1platform.inference.queue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits, in an order that is fair in tokens: interactive before batch; deficit round robin
 * over organizations by weight, then over the projects of one; first come, first served in a
 * project. The expected cost counts when a request is taken and is corrected when it has ended. Not
 * safe for many threads at once.
 */
public final class FairQueue<T> {
  /** Interactive tokens for one of batch, while both wait: batch has a twentieth. */
  private static final int INTERACTIVE_PER_BATCH = 19;

  private final QueueLimits limits;
  private final Map<ServiceClass, Ring<Organization<T>>> classes =
      new EnumMap<>(ServiceClass.class);
  private final Map<ServiceClass, Integer> waiting = new EnumMap<>(ServiceClass.class);
  private long tokens;

  /** Tokens of batch that are due, times {@link #INTERACTIVE_PER_BATCH}. */
  private long batchCredit;

  /** An empty one. */
  public FairQueue(QueueLimits limits) {
    this.limits = limits;
    for (ServiceClass each : ServiceClass.values()) {
      classes.put(each, new Ring<>());
      waiting.put(each, 0);
    }
  }

  /**
   * Adds a request at the end of its project.
   *
   * @param cost tokens it is expected to take, at least 1
   * @return its place, or empty if the queue is full
   */
  public Optional<Place<T>> add(Share share, long cost, T item) {
    return addAll(share, cost, List.of(item)).stream().findFirst();
  }

  /**
   * The same for the choices of one request: all or none. They need one free place, so that no
   * request is larger than any queue.
   *
   * @param cost tokens that each is expected to take, at least 1
   * @return their places, or none if the queue is full
   */
  public List<Place<T>> addAll(Share share, long cost, List<T> items) {
    if (cost < 1) {
      throw new IllegalArgumentException("a request costs at least one token");
    }
    if (requests() >= limits.requests() || tokensOver(cost * items.size()) > 0) {
      return List.of();
    }
    Organization<T> organization =
        ring(share.serviceClass())
            .member(share.organization(), key -> new Organization<>(key, share.weight()));
    organization.weigh(share.weight());
    Project<T> project =
        organization.projects().member(share.project(), key -> new Project<>(key, organization));
    var added = new ArrayList<Place<T>>(items.size());
    for (T item : items) {
      var place = new Place<>(item, cost, project, share.serviceClass());
      project.places().add(place);
      count(place, 1);
      added.add(place);
    }
    return added;
  }

  /** Removes one that waits; false if it does not wait any more. */
  public boolean remove(Place<T> place) {
    if (!place.project().places().remove(place)) {
      return false;
    }
    count(place, -1);
    tidy(place);
    return true;
  }

  /**
   * Takes the next one, which then counts as running until it is settled.
   *
   * @param fits whether it can run now; if not, nobody overtakes it and nothing is taken
   * @return null if nothing waits or the next does not fit
   */
  public @Nullable Place<T> take(Predicate<T> fits) {
    Ring<Organization<T>> ring = nextClass();
    Organization<T> organization = ring.next();
    if (organization == null) {
      return null;
    }
    Project<T> project = organization.projects().next();
    if (project == null) {
      throw new IllegalStateException("an organization waits and none of its projects does");
    }
    Place<T> place = project.places().getFirst();
    if (!fits.test(place.item())) {
      return null;
    }
    chargeClass(place);
    project.places().remove(place);
    ring.started(organization, place.cost());
    organization.projects().started(project, place.cost());
    count(place, -1);
    return place;
  }

  /**
   * A request that was taken has ended; once for each.
   *
   * @param used tokens it took: uncached prompt and output
   */
  public void settle(Place<T> place, long used) {
    long more = used - place.cost();
    batchCredit += more * place.classFactor;
    Organization<T> organization = place.project().organization();
    organization.projects().ended(place.project(), more);
    ring(place.serviceClass()).ended(organization, more);
  }

  /** Requests that wait. */
  public int requests() {
    return waiting.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Tokens that they are expected to take. */
  public long tokens() {
    return tokens;
  }

  /** Tokens that must leave before a request of that cost may wait; 0 or less = none. */
  public long tokensOver(long cost) {
    return tokens == 0 ? 0 : tokens + cost - limits.tokens();
  }

  /** Organizations remembered: those that wait, run or owe. */
  int organizations() {
    return classes.values().stream().mapToInt(ring -> ring.size()).sum();
  }

  private Ring<Organization<T>> ring(ServiceClass serviceClass) {
    return Objects.requireNonNull(classes.get(serviceClass));
  }

  private boolean waits(ServiceClass serviceClass) {
    return waiting.getOrDefault(serviceClass, 0) > 0;
  }

  private Ring<Organization<T>> nextClass() {
    boolean batch =
        waits(ServiceClass.BATCH) && (!waits(ServiceClass.INTERACTIVE) || batchCredit > 0);
    return ring(batch ? ServiceClass.BATCH : ServiceClass.INTERACTIVE);
  }

  /** Only while both wait: neither saves up, nor pays for what nobody else wanted. */
  private void chargeClass(Place<T> place) {
    if (!waits(ServiceClass.BATCH)) {
      batchCredit = Math.min(batchCredit, 0);
    } else if (waits(ServiceClass.INTERACTIVE)) {
      place.classFactor = place.serviceClass() == ServiceClass.BATCH ? -INTERACTIVE_PER_BATCH : 1;
      batchCredit += place.cost() * place.classFactor;
    }
  }

  private void count(Place<T> place, int more) {
    waiting.merge(place.serviceClass(), more, Integer::sum);
    place.project().organization().count(more);
    tokens += more * place.cost();
  }

  private void tidy(Place<T> place) {
    Organization<T> organization = place.project().organization();
    organization.projects().tidy(place.project());
    ring(place.serviceClass()).tidy(organization);
  }
}
