package io.r1platform.inference.queue;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deficit round robin. A turn gives a member tokens; it runs while it has some and may overdraw
 * them with its last request, which later turns pay back. A newcomer has its first request before
 * the others, so their backlog does not delay it; {@link #FRESH_MAX} newcomers in a row let one of
 * the others run.
 */
final class Ring<M extends Member> {
  /** Members remembered; of more, those idle for longest are forgotten with their debts. */
  static final int MEMBERS_MAX = 4_096;

  static final int FRESH_MAX = 8;

  private final Map<String, M> members = new HashMap<>();
  private final LinkedHashSet<M> fresh = new LinkedHashSet<>();
  private final LinkedHashSet<M> old = new LinkedHashSet<>();
  private int freshInARow;
  private int running;

  /** The member of that key; one who is not known comes as a newcomer. */
  M member(String key, Function<String, M> create) {
    M known = members.get(key);
    if (known != null) {
      return known;
    }
    M made = create.apply(key);
    members.put(key, made);
    fresh.addLast(made);
    return made;
  }

  int size() {
    return members.size();
  }

  /** Who runs next; the same until somebody comes, leaves or runs. Null if nobody waits. */
  @Nullable M next() {
    M newcomer = nextFresh();
    boolean othersWait = old.stream().anyMatch(Member::waits);
    if (newcomer != null && (freshInARow < FRESH_MAX || !othersWait)) {
      return newcomer;
    }
    return othersWait ? nextOld() : null;
  }

  /** It runs a request. */
  void started(M member, long cost) {
    if (fresh.remove(member)) {
      freshInARow++;
      old.addLast(member);
    } else {
      freshInARow = 0;
    }
    running++;
    member.started(cost);
  }

  /** A request of it has ended. */
  void ended(M member, long costMore) {
    running--;
    member.ended(costMore);
    tidy(member);
  }

  /** Something of it has ended or left: forgets who may be forgotten. */
  void tidy(M member) {
    if (member.idle() && member.owesNothing()) {
      forget(member);
    }
    int spare = members.size() - MEMBERS_MAX;
    boolean nobodyWaits = running == 0 && members.values().stream().noneMatch(Member::waits);
    if (nobodyWaits) {
      members.clear();
      fresh.clear();
      old.clear();
    } else if (spare > 0) {
      old.stream().filter(Member::idle).limit(spare).toList().forEach(this::forget);
    }
  }

  private void forget(M member) {
    members.remove(member.key(), member);
    fresh.remove(member);
    old.remove(member);
  }

  private @Nullable M nextFresh() {
    while (!fresh.isEmpty()) {
      M first = fresh.getFirst();
      if (first.due()) {
        return first;
      }
      fresh.removeFirst();
      old.addLast(first);
    }
    return null;
  }

  private M nextOld() {
    skipIdleRounds();
    while (true) {
      M first = old.getFirst();
      if (first.due()) {
        return first;
      }
      old.removeFirst();
      first.giveTurns(1);
      if (first.idle() && first.owesNothing()) {
        members.remove(first.key(), first);
      } else {
        old.addLast(first);
      }
    }
  }

  /** Rounds in which nobody could run are given at once. */
  private void skipIdleRounds() {
    long away = old.stream().filter(Member::waits).mapToLong(Member::turnsAway).min().orElse(0);
    if (away > 1) {
      old.forEach(member -> member.giveTurns(away - 1));
    }
  }
}
