package io.r1platform.api.audit;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The append-only trail. */
@Component
public class AuditTrail {
  private static final Set<String> SECRET_WORDS = Set.of("secret", "password", "token", "hash");
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
   * secret, password, token or hash are masked, however deep.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Actor actor, Change change) {
    jdbc.sql(
            """
            insert into audit_event (at, actor, address, action, object_kind, object_id,
              organization_id, before, after, request_id)
            values (:at, :actor, :address, :action, :kind, :object,
              :organization, :before::jsonb, :after::jsonb, :request)""")
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
        String lower = name.toLowerCase(Locale.ROOT);
        if (SECRET_WORDS.stream().anyMatch(lower::contains)) {
          object.put(name, MASK);
        }
      }
    }
    node.forEach(AuditTrail::mask);
  }
}
