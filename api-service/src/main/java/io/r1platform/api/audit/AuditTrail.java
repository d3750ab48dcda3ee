package io.r1platform.api.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The append-only trail. The database chains its rows by their hashes, one chain for each
 * organization and one for the site.
 */
@Component
public class AuditTrail {
  private static final Set<String> SECRET_WORDS = Set.of("secret", "password", "token", "hash");
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])");

  /** Counted here, never secret: {@code tokens_per_minute}. */
  private static final String COUNTED = "tokens";

  private static final String MASK = "***";

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Writes one row in the caller's transaction; fails without one. Members whose names speak of a
   * secret, password, token or hash are masked, however deep; {@code tokens} are counts and stay.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Actor actor, Change change) {
    jdbc.sql(
            """
            insert into audit_event (at, actor, address, action, object_kind, object_id,
              organization_id, before, after, request_id)
            values (:at, :actor, :address, :action, :kind, :object,
              :organization, :before::jsonb, :after::jsonb, :request)\
            """)
        .param("at", Timestamp.from(clock.instant()))
        .param("actor", actor.name())
        .param("address", actor.address())
        .param("action", change.action())
        .param("kind", change.objectKind())
        .param("object", change.objectId())
        .param("organization", change.organizationId())
        .param("before", masked(change.before()))
        .param("after", masked(change.after()))
        .param("request", actor.requestId())
        .update();
  }

  /**
   * Rows by when they were written.
   *
   * @param after those that follow this one's id; null for the first page
   * @param limit at most so many
   */
  public List<AuditEvent> page(
      AuditFilter filter, @Nullable Long after, boolean newestFirst, int limit) {
    Collection<Long> organizations = filter.organizations();
    if (organizations != null && organizations.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            select * from audit_event
            where (:everywhere or organization_id in (:organizations))
              and (:actor::text is null or actor = :actor)
              and (:action::text is null or action = :action)
              and (:kind::text is null or object_kind = :kind)
              and (:object::text is null or object_id = :object)
            """
                + (newestFirst
                    ? "and id < coalesce(:after, 9223372036854775807) order by id desc"
                    : "and id > coalesce(:after, 0) order by id")
                + " limit :limit")
        .param("after", after, Types.BIGINT)
        .param("everywhere", organizations == null)
        .param("organizations", organizations == null ? List.of(0L) : organizations)
        .param("actor", filter.actor())
        .param("action", filter.action())
        .param("kind", filter.objectKind())
        .param("object", filter.objectId())
        .param("limit", limit)
        .query((row, number) -> event(row))
        .list();
  }

  private AuditEvent event(ResultSet row) throws SQLException {
    return new AuditEvent(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        row.getString("actor"),
        row.getString("address"),
        row.getString("action"),
        row.getString("object_kind"),
        row.getString("object_id"),
        row.getObject("organization_id", Long.class),
        tree(row.getString("before")),
        tree(row.getString("after")),
        row.getObject("request_id", UUID.class),
        row.getLong("sequence"),
        HexFormat.of().formatHex(row.getBytes("hash")));
  }

  private @Nullable JsonNode tree(@Nullable String text) {
    return text == null ? null : json.readTree(text);
  }

  private @Nullable String masked(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    JsonNode tree = json.valueToTree(value);
    mask(tree);
    return tree.toString();
  }

  private static void mask(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (String name : Set.copyOf(object.propertyNames())) {
        if (isSecret(name)) {
          object.put(name, MASK);
        }
      }
    }
    node.forEach(AuditTrail::mask);
  }

  private static boolean isSecret(String name) {
    return BETWEEN_WORDS
        .splitAsStream(name)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .filter(word -> !word.equals(COUNTED))
        .anyMatch(word -> SECRET_WORDS.stream().anyMatch(word::contains));
  }
}
