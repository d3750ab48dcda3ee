package io.r1platform.inference.queue;

/** One request in the queue, and after it was taken until it is settled. */
public final class Place<T> {
  private final T item;
  private final long cost;
  private final Project<T> project;
  private final ServiceClass serviceClass;

  /** How the balance of the classes was charged, per token of cost. */
  int classFactor;

  Place(T item, long cost, Project<T> project, ServiceClass serviceClass) {
    this.item = item;
    this.cost = cost;
    this.project = project;
    this.serviceClass = serviceClass;
  }

  /** What waits. */
  public T item() {
    return item;
  }

  /** Tokens it is expected to take. */
  public long cost() {
    return cost;
  }

  Project<T> project() {
    return project;
  }

  ServiceClass serviceClass() {
    return serviceClass;
  }
}
