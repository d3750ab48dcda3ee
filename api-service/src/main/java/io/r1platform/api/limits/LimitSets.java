package io.r1platform.api.limits;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.LimitsChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What was set, in memory: a change is here within a second of its commit, or keys are refused. */
@Component
public class LimitSets {
  private final LimitTable table;
  private final LimitSettings settings;
  private final Map<LimitTable.Owner, LimitSet> known = new ConcurrentHashMap<>();

  LimitSets(LimitTable table, LimitSettings settings) {
    this.table = table;
    this.settings = settings;
  }

  /** Reads before the change counts as known. */
  @EventListener
  void on(LimitsChanged event) {
    if (event.scope() == null) {
      Map<LimitTable.Owner, LimitSet> all = LimitTable.all(event.over());
      known.putAll(all);
      known.keySet().retainAll(all.keySet());
    } else {
      LimitScope.of(event.scope())
          .map(scope -> new LimitTable.Owner(scope, event.scopeId()))
          .ifPresent(owner -> known.put(owner, LimitTable.of(owner, event.over())));
    }
  }

  /** What is set for a scope, from the database. */
  public LimitSet read(LimitScope scope, long scopeId) {
    return table.of(new LimitTable.Owner(scope, scopeId));
  }

  /** What a scope has of which nothing was set. */
  public Terms defaults(LimitScope scope) {
    return settings.of(scope);
  }

  /**
   * Sets all limits of a scope anew, in the caller's transaction.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param terms by model; without those of {@link LimitSet#ALL_MODELS} the defaults hold
   */
  @Transactional
  public LimitSet replace(LimitScope scope, long scopeId, long version, Map<Integer, Terms> terms) {
    if (!table.replace(new LimitTable.Owner(scope, scopeId), version, terms)) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The limits have changed since you read them. Read them again.");
    }
    return new LimitSet(version + 1, terms);
  }

  /** All limits above a caller for one model, {@link LimitSet#ALL_MODELS} for those of none. */
  List<Limit> above(Caller caller, int modelId) {
    List<Limit> limits = new ArrayList<>();
    for (LimitScope scope : LimitScope.values()) {
      long id = scope.idOf(caller);
      LimitSet set = known.getOrDefault(new LimitTable.Owner(scope, id), LimitSet.NONE);
      Terms ofAll = set.terms().getOrDefault(LimitSet.ALL_MODELS, settings.of(scope));
      add(limits, scope, id, LimitSet.ALL_MODELS, ofAll, set.version());
      Terms ofModel = modelId == LimitSet.ALL_MODELS ? null : set.terms().get(modelId);
      if (ofModel != null) {
        add(limits, scope, id, modelId, ofModel, set.version());
      }
    }
    return limits;
  }

  /** The same with every model's. */
  List<Limit> allAbove(Caller caller) {
    List<Limit> limits = above(caller, LimitSet.ALL_MODELS);
    for (LimitScope scope : LimitScope.values()) {
      long id = scope.idOf(caller);
      LimitSet set = known.getOrDefault(new LimitTable.Owner(scope, id), LimitSet.NONE);
      set.terms()
          .forEach(
              (model, terms) -> {
                if (model != LimitSet.ALL_MODELS) {
                  add(limits, scope, id, model, terms, set.version());
                }
              });
    }
    return limits;
  }

  private static void add(
      List<Limit> to, LimitScope scope, long id, int model, Terms terms, long version) {
    for (Kind kind : Kind.values()) {
      Long most = terms.of(kind);
      if (most != null) {
        to.add(new Limit(new Limit.On(scope, id, model, kind), most, version));
      }
    }
  }
}
