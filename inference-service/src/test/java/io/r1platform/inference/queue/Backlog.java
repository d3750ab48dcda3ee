package io.r1platform.inference.queue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A queue in which the same callers always wait, and an engine with so many slots whose requests
 * end in the order they began.
 */
final class Backlog {
  /** A request: what it is expected to take and what it takes. */
  record Job(Share share, long expected, long used) {}

  private final FairQueue<Job> queue = new FairQueue<>(new QueueLimits(10_000, Long.MAX_VALUE / 2));
  private final ArrayDeque<Place<Job>> running = new ArrayDeque<>();
  private final Map<Share, Long> used = new HashMap<>();
  private final Function<Share, Job> jobs;
  private final int slots;

  Backlog(int slots, int ahead, Iterable<Share> callers, Function<Share, Job> jobs) {
    this.slots = slots;
    this.jobs = jobs;
    for (Share caller : callers) {
      used.put(caller, 0L);
      for (int i = 0; i < ahead; i++) {
        submit(caller);
      }
    }
  }

  private void submit(Share caller) {
    Job job = jobs.apply(caller);
    if (queue.add(caller, job.expected(), job).isEmpty()) {
      throw new IllegalStateException("the queue is full");
    }
  }

  /** Runs one more request to its start, and the oldest to its end if all slots are taken. */
  Job step() {
    if (running.size() == slots) {
      Place<Job> ended = running.removeFirst();
      queue.settle(ended, ended.item().used());
    }
    Place<Job> place = Objects.requireNonNull(queue.take(_ -> true));
    running.addLast(place);
    Job job = place.item();
    used.merge(job.share(), job.used(), Long::sum);
    submit(job.share());
    return job;
  }

  long used(Share caller) {
    return used.getOrDefault(caller, 0L);
  }

  long usedByAll() {
    return used.values().stream().mapToLong(Long::longValue).sum();
  }
}
