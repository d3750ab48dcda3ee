package io.r1platform.api.limits;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What was set, in the database. */
@Component
class LimitTable {
  private static final String ALL =
      """
      select s.scope, s.scope_id, s.version, t.model_id, t.requests_per_minute,
        t.tokens_per_minute, t.concurrency, t.queue_length
      from limit_set s left join limit_term t using (scope, scope_id)
      """;

  private final JdbcClient jdbc;

  /** Whose set it is. */
  record Owner(LimitScope scope, long scopeId) {}

  LimitTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Every set of the site, over a connection of the caller's. */
  static Map<Owner, LimitSet> all(JdbcClient over) {
    return sets(over.sql(ALL));
  }

  /** One set. */
  LimitSet of(Owner owner) {
    return of(owner, jdbc);
  }

  /** One set, over a connection of the caller's. */
  static LimitSet of(Owner owner, JdbcClient over) {
    return sets(over.sql(ALL + "where s.scope = :scope and s.scope_id = :id")
            .param("scope", owner.scope.wire())
            .param("id", owner.scopeId))
        .getOrDefault(owner, LimitSet.NONE);
  }

  private static Map<Owner, LimitSet> sets(JdbcClient.StatementSpec query) {
    Map<Owner, Long> versions = new HashMap<>();
    Map<Owner, Map<Integer, Terms>> terms = new HashMap<>();
    query.query(
        row -> {
          LimitScope scope = LimitScope.of(row.getString("scope")).orElseThrow();
          var owner = new Owner(scope, row.getLong("scope_id"));
          versions.put(owner, row.getLong("version"));
          Map<Integer, Terms> ofOwner = terms.computeIfAbsent(owner, o -> new HashMap<>());
          Integer model = row.getObject("model_id", Integer.class);
          if (model != null) {
            ofOwner.put(model, terms(row));
          }
        });
    Map<Owner, LimitSet> sets = new HashMap<>();
    terms.forEach(
        (owner, set) -> sets.put(owner, new LimitSet(versions.getOrDefault(owner, 0L), set)));
    return sets;
  }

  private static Terms terms(ResultSet row) throws SQLException {
    return new Terms(
        limit(row, "requests_per_minute"),
        limit(row, "tokens_per_minute"),
        limit(row, "concurrency"),
        limit(row, "queue_length"));
  }

  private static @Nullable Long limit(ResultSet row, String column) throws SQLException {
    return row.getObject(column, Long.class);
  }

  /** Sets all limits of a scope. False if its version is another one. */
  @Transactional(propagation = Propagation.MANDATORY)
  boolean replace(Owner owner, long version, Map<Integer, Terms> terms) {
    int changed =
        version == 0
            ? jdbc.sql(
                    """
                    insert into limit_set (scope, scope_id, version) values (:scope, :id, 1)
                    on conflict do nothing""")
                .param("scope", owner.scope.wire())
                .param("id", owner.scopeId)
                .update()
            : jdbc.sql(
                    """
                    update limit_set set version = version + 1
                    where scope = :scope and scope_id = :id and version = :version""")
                .param("scope", owner.scope.wire())
                .param("id", owner.scopeId)
                .param("version", version)
                .update();
    if (changed == 0) {
      return false;
    }
    jdbc.sql("delete from limit_term where scope = :scope and scope_id = :id")
        .param("scope", owner.scope.wire())
        .param("id", owner.scopeId)
        .update();
    terms.forEach((model, limits) -> insert(owner, model, limits));
    return true;
  }

  private void insert(Owner owner, int model, Terms terms) {
    jdbc.sql(
            """
            insert into limit_term (scope, scope_id, model_id, requests_per_minute,
              tokens_per_minute, concurrency, queue_length)
            values (:scope, :id, :model, :requests, :tokens, :concurrency, :queue)""")
        .param("scope", owner.scope.wire())
        .param("id", owner.scopeId)
        .param("model", model)
        .param("requests", terms.requestsPerMinute())
        .param("tokens", terms.tokensPerMinute())
        .param("concurrency", terms.concurrency())
        .param("queue", terms.queueLength())
        .update();
  }
}
