package io.r1platform.eval.runs;

import io.r1platform.eval.problems.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks what is not in the journal yet, so many at a time. */
final class Runner {
  /** One answer that is wanted. */
  private record Wanted(Problem problem, int sample) {}

  /** Told how far it is. */
  interface Progress {
    /** So many answers are there, and this was charged. */
    void at(int answers, BigDecimal spent);
  }

  private final Tenant tenant;
  private final Journal journal;
  private final Budget budget;
  private final Progress progress;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile boolean spent;

  Runner(Tenant tenant, Journal journal, Budget budget, Progress progress) {
    this.tenant = tenant;
    this.journal = journal;
    this.budget = budget;
    this.progress = progress;
  }

  /**
   * Asks until everything is there.
   *
   * @return false if the budget ended it before
   * @throws IllegalStateException why it cannot go on; what came until then is in the journal
   */
  boolean run(List<Problem> problems, int samples, int atOnce) {
    Queue<Wanted> open = new ConcurrentLinkedQueue<>();
    for (int sample = 0; sample < samples; sample++) {
      for (Problem problem : problems) {
        if (!journal.has(problem.id(), sample)) {
          open.add(new Wanted(problem, sample));
        }
      }
    }
    int all = problems.size() * samples;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var workers = new ArrayList<Future<?>>();
      for (int i = 0; i < atOnce; i++) {
        workers.add(threads.submit(() -> work(open, all)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    RuntimeException why = failure.get();
    if (why != null) {
      throw why;
    }
    return !spent;
  }

  private void work(Queue<Wanted> open, int all) {
    try {
      while (failure.get() == null && !spent) {
        Wanted next = open.poll();
        if (next == null) {
          return;
        }
        if (!budget.take()) {
          spent = true;
          return;
        }
        answer(next);
        progress.at(all - open.size(), budget.spent());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // a thread's root
      failure.compareAndSet(null, e);
    }
  }

  private void answer(Wanted wanted) {
    BigDecimal cost = BigDecimal.ZERO;
    try {
      Sample sample = tenant.ask(wanted.problem, wanted.sample);
      cost = sample.cost();
      journal.add(sample);
    } finally {
      budget.settle(cost);
    }
  }
}
