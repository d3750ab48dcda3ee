package io.r1platform.api.sessions;

import io.r1platform.api.people.People;
import io.r1platform.api.people.Principal;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of sessions; every call is blocking. An id has 256 random bits in base64url, and
 * anything else is no id.
 */
@Component
public class Sessions {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final People people;
  private final SessionSettings settings;
  private final OperatorSettings operator;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Sessions(
      JdbcClient jdbc,
      JsonMapper json,
      People people,
      SessionSettings settings,
      OperatorSettings operator,
      Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.people = people;
    this.settings = settings;
    this.operator = operator;
    this.clock = clock;
  }

  /** An id that nobody can guess and nobody has had. */
  public String newId() {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The living session of this id, which thereby lives on. Where passwords are switched off, a
   * person's session lives only if the identity provider opened it.
   */
  public Optional<StoredSession> use(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    return jdbc.sql(
            """
            with used as (
              update person_session set last_access_at = :now
              where id_sha256 = :id and last_access_at > :idleSince and created_at > :bornAfter
                and (:passwords or person_id is null or attributes->>'way' = 'oidc')
              returning attributes, created_at, last_access_at, person_id)
            select * from used""")
        .param("now", Timestamp.from(clock.instant()))
        .param("id", Hashes.sha256(id))
        .param("passwords", operator.passwordLogin())
        .param("idleSince", Timestamp.from(idleSince()))
        .param("bornAfter", Timestamp.from(bornAfter()))
        .query((row, number) -> read(row))
        .optional()
        .map(this::session);
  }

  /** Writes a session that is new. */
  public void add(String id, Map<String, String> attributes) {
    jdbc.sql(
            """
            insert into person_session (id_sha256, attributes, created_at, last_access_at)
            values (:id, :attributes::jsonb, :now, :now)""")
        .param("id", Hashes.sha256(id))
        .param("attributes", json.writeValueAsString(attributes))
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  /** Replaces the attributes; a session that has died meanwhile stays dead. */
  public void update(String id, Map<String, String> attributes) {
    jdbc.sql("update person_session set attributes = :attributes::jsonb where id_sha256 = :id")
        .param("id", Hashes.sha256(id))
        .param("attributes", json.writeValueAsString(attributes))
        .update();
  }

  /**
   * Gives a session to a person under a new id and with a new age; the old id is dead from then on.
   * Of its attributes only the way remains. False if the session has died meanwhile.
   */
  public boolean logIn(String oldId, String newId, long personId, Way way) {
    return jdbc.sql(
                """
                update person_session set id_sha256 = :new, person_id = :person,
                  attributes = jsonb_build_object('way', :way::text), created_at = :now,
                  last_access_at = :now
                where id_sha256 = :old""")
            .param("old", Hashes.sha256(oldId))
            .param("new", Hashes.sha256(newId))
            .param("person", personId)
            .param("way", way.wire())
            .param("now", Timestamp.from(clock.instant()))
            .update()
        == 1;
  }

  /** Ends a session, if it lives. */
  public void remove(String id) {
    jdbc.sql("delete from person_session where id_sha256 = :id")
        .param("id", Hashes.sha256(id))
        .update();
  }

  /** Ends all sessions of a person, in the caller's transaction if there is one; how many. */
  public int removeOf(long personId) {
    return jdbc.sql("delete from person_session where person_id = :person")
        .param("person", personId)
        .update();
  }

  /** Removes dead sessions, and anonymous ones above the limit. */
  void sweep() {
    jdbc.sql(
            """
            delete from person_session
            where last_access_at <= :idleSince or created_at <= :bornAfter""")
        .param("idleSince", Timestamp.from(idleSince()))
        .param("bornAfter", Timestamp.from(bornAfter()))
        .update();
    jdbc.sql(
            """
            delete from person_session where id_sha256 in (
              select id_sha256 from person_session where person_id is null
              order by created_at desc offset :limit)""")
        .param("limit", settings.anonymousLimit())
        .update();
  }

  private Instant idleSince() {
    return clock.instant().minus(settings.idleLimit());
  }

  private Instant bornAfter() {
    return clock.instant().minus(settings.lifetime());
  }

  /** A row; who its person is takes another query, once this one's connection is given back. */
  private record Row(
      Map<String, String> attributes,
      Instant createdAt,
      Instant lastAccessAt,
      @Nullable Long personId) {}

  private Row read(ResultSet row) throws SQLException {
    return new Row(
        json.readValue(row.getString("attributes"), STRINGS),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("last_access_at").toInstant(),
        row.getObject("person_id", Long.class));
  }

  private StoredSession session(Row row) {
    Principal person = row.personId == null ? null : people.find(row.personId).orElseThrow();
    return new StoredSession(row.attributes, row.createdAt, row.lastAccessAt, person);
  }
}
