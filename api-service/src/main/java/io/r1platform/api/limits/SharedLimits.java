package io.r1platform.api.limits;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Journal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The buckets that replicas share, in PostgreSQL: {@code docs/protocols/limits.md}. Asks go over a
 * connection of their own, one after another, and give up soon.
 */
@Component
class SharedLimits {
  /** Below the socket's time: an ask that is given up must not be counted later all the same. */
  private static final int STATEMENT_MILLIS = 900;

  private final PGSimpleDataSource source = new PGSimpleDataSource();
  private final JdbcClient jdbc;
  private final Journal journal;
  private final JsonMapper json;
  private @Nullable Connection connection;
  private long asked;

  /**
   * A limit as it is used now, by all replicas.
   *
   * @param level of a rate, under the limit {@code most} of that {@code version}
   * @param leased places, or room of a rate
   */
  record Standing(long level, long leased, long most, long version) {
    /** Of a rate, as the next ask will find it: a limit that was raised adds what it gained. */
    long level(Limit limit) {
      boolean raised = limit.version() > version && limit.most() > most;
      return raised ? level + (limit.most() - most) * Rate.UNIT : level;
    }
  }

  SharedLimits(JdbcConnectionDetails database, JdbcClient jdbc, Journal journal, JsonMapper json) {
    source.setURL(database.getJdbcUrl());
    source.setUser(database.getUsername());
    source.setPassword(database.getPassword());
    source.setApplicationName("api-service limits");
    source.setConnectTimeout(1);
    source.setSocketTimeout(1);
    source.setOptions("-c statement_timeout=" + STATEMENT_MILLIS);
    this.jdbc = jdbc;
    this.journal = journal;
    this.json = json;
  }

  /**
   * Asks for a replica's buckets, all at once. Blocks, a second at most.
   *
   * @return answers in the order of the asks; empty if this replica's epoch is over
   */
  List<Bucket.Answer> ask(List<Bucket.Ask> asks) throws SQLException {
    try {
      return ask(connected(), asks);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private Connection connected() throws SQLException {
    Connection known = connection;
    if (known == null) {
      known = source.getConnection();
      connection = known;
    }
    return known;
  }

  void close() {
    Connection known = connection;
    connection = null;
    if (known != null) {
      try {
        known.close();
      } catch (SQLException e) {
        // It is of no use any more, in whatever state it is.
      }
    }
  }

  private List<Bucket.Answer> ask(Connection open, List<Bucket.Ask> asks) throws SQLException {
    try (PreparedStatement statement =
        open.prepareStatement(
            """
            select granted, level, most, others, short
            from lease_limits(?, ?, ?, ?, cast(? as jsonb)) order by n""")) {
      statement.setLong(1, journal.replicaId());
      statement.setInt(2, journal.epoch());
      statement.setLong(3, ++asked);
      statement.setInt(4, Math.max(1, journal.liveReplicas()));
      statement.setString(5, json.writeValueAsString(wire(asks)));
      List<Bucket.Answer> answers = new ArrayList<>(asks.size());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          answers.add(
              new Bucket.Answer(
                  row.getLong("granted"),
                  row.getLong("level"),
                  row.getLong("most"),
                  row.getLong("others"),
                  row.getBoolean("short")));
        }
      }
      return answers;
    }
  }

  private static List<Map<String, Object>> wire(List<Bucket.Ask> asks) {
    List<Map<String, Object>> wire = new ArrayList<>(asks.size());
    for (Bucket.Ask ask : asks) {
      Map<String, Object> one = new HashMap<>();
      one.put("n", wire.size());
      one.put("scope", ask.bucket().on.scope().wire());
      one.put("scope_id", ask.bucket().on.scopeId());
      one.put("model_id", ask.bucket().on.modelId());
      one.put("kind", ask.bucket().on.kind().stored());
      one.put("most", ask.most());
      one.put("version", ask.version());
      one.put("give", ask.give());
      one.put("held", ask.held());
      one.put("need", ask.need());
      one.put("wish", ask.wish());
      wire.add(one);
    }
    return wire;
  }

  /** How the limits above a caller stand now, with what replicas leased; those of late use. */
  Map<Limit.On, Standing> standings(Caller caller) {
    Map<Limit.On, Standing> standings = new HashMap<>();
    jdbc.sql(
            """
            select b.scope, b.scope_id, b.model_id, b.kind, b.most, b.version,
              least(b.most::numeric * 60000000, b.level + b.most::numeric * greatest(0,
                floor(extract(epoch from clock_timestamp() - b.at) * 1000000)))::bigint as level,
              (select coalesce(sum(l.granted), 0)
                from limit_lease l join live_epoch e using (replica_id, epoch)
                where l.bucket_id = b.id) as leased
            from limit_bucket b
            where (b.scope, b.scope_id) in
              (('organization', :organization), ('project', :project), ('key', :key))
            """)
        .param("organization", caller.organizationId())
        .param("project", caller.projectId())
        .param("key", caller.keyId())
        .query(
            row -> {
              var on =
                  new Limit.On(
                      LimitScope.of(row.getString("scope")).orElseThrow(),
                      row.getLong("scope_id"),
                      row.getInt("model_id"),
                      Kind.ofStored(row.getString("kind")));
              standings.put(
                  on,
                  new Standing(
                      row.getLong("level"),
                      row.getLong("leased"),
                      row.getLong("most"),
                      row.getLong("version")));
            });
    return standings;
  }

  /** Drops buckets that are as if they were new, and leases of epochs that are over. */
  void sweep() {
    jdbc.sql(
            """
            delete from limit_lease l
            where not exists (
              select from live_epoch e where (e.replica_id, e.epoch) = (l.replica_id, l.epoch))
            """)
        .update();
    jdbc.sql(
            """
            delete from limit_asker a
            where not exists (
              select from live_epoch e where (e.replica_id, e.epoch) = (a.replica_id, a.epoch))
            """)
        .update();
    jdbc.sql(
            """
            delete from limit_bucket
            where id in (
              select b.id from limit_bucket b
              where b.at < now() - interval '1 hour'
                and not exists (select from limit_lease l where l.bucket_id = b.id)
                and (b.kind in ('concurrency', 'queue')
                  or b.level + b.most::numeric * extract(epoch from now() - b.at) * 1000000
                    >= b.most::numeric * 60000000)
              for update skip locked)
            """)
        .update();
  }
}
