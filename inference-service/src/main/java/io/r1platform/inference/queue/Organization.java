package io.r1platform.inference.queue;

/** An organization in one class: its projects take turns. */
final class Organization<T> extends Member {
  private final Ring<Project<T>> projects = new Ring<>();
  private int waiting;

  Organization(String key, int weight) {
    super(key, weight);
  }

  @Override
  boolean waits() {
    return waiting > 0;
  }

  Ring<Project<T>> projects() {
    return projects;
  }

  void count(int more) {
    waiting += more;
  }
}
