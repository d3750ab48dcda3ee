package io.r1platform.api.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.people.People;
import io.r1platform.api.people.Principal;
import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsIT {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private final TestDatabase database = TestDatabase.create();
  private final SettableClock clock = new SettableClock(START);
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private final Sessions sessions =
      new Sessions(
          JdbcClient.create(database.dataSource("r1_api")),
          JsonMapper.shared(),
          new People(JdbcClient.create(database.dataSource("r1_api"))),
          new SessionSettings(
              Duration.ofMinutes(30), Duration.ofHours(12), Duration.ofMinutes(1), 3),
          operator(true),
          clock);
  private long personId;

  @BeforeAll
  void migrate() {
    Flyway.configure()
        .dataSource(database.dataSource("r1_api_owner"))
        .schemas("api")
        .locations("classpath:db/api")
        .load()
        .migrate();
    personId =
        superuser
            .sql(
                """
                insert into api.person (email, password_hash, created_at)
                values ('a@b', '{noop}x', now()) returning id""")
            .query(Long.class)
            .single();
  }

  @BeforeEach
  void empty() {
    superuser.sql("truncate api.person_session").update();
    clock.set(START);
  }

  @Test
  void aSweepRemovesTheDeadAndLeavesTheLiving() {
    String idle = loggedIn();
    clock.advance(Duration.ofMinutes(20));
    String living = loggedIn();
    clock.advance(Duration.ofMinutes(10));
    sessions.sweep();
    assertThat(rows()).isEqualTo(1);
    assertThat(sessions.use(idle)).isEmpty();
    assertThat(sessions.use(living)).isPresent();
  }

  @Test
  void aSweepLeavesNoMoreStrangersThanItMay() {
    String operators = loggedIn();
    List<String> strangers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofSeconds(1));
      strangers.add(anonymous());
    }
    sessions.sweep();
    assertThat(strangers.stream().filter(id -> sessions.use(id).isPresent()))
        .containsExactlyElementsOf(strangers.subList(2, 5));
    assertThat(sessions.use(operators)).isPresent();
  }

  @Test
  void aLoginEndsTheOldIdAndForgetsItsAttributes() {
    String before = anonymous();
    String after = sessions.newId();
    assertThat(sessions.logIn(before, after, personId, Way.PASSWORD)).isTrue();
    assertThat(sessions.use(before)).isEmpty();
    StoredSession session = sessions.use(after).orElseThrow();
    assertThat(session.person()).isEqualTo(new Principal(personId, "a@b", true, false, List.of()));
    assertThat(session.attributes()).isEqualTo(Map.of(Way.ATTRIBUTE, "password"));
    assertThat(sessions.logIn(before, sessions.newId(), personId, Way.OIDC)).isFalse();
  }

  @Test
  void aRemovedSessionIsNotRevivedByALateWrite() {
    String id = anonymous();
    sessions.remove(id);
    sessions.update(id, Map.of("csrf", "x"));
    assertThat(sessions.use(id)).isEmpty();
    assertThat(rows()).isZero();
  }

  @Test
  void whatIsNoIdIsNobodys() {
    for (String id : List.of("", "x", "A".repeat(44), "' or ''='", "é".repeat(43))) {
      assertThat(sessions.use(id)).isEmpty();
    }
  }

  private static OperatorSettings operator(boolean passwordLogin) {
    return new OperatorSettings(
        "operator@localhost", null, passwordLogin, Duration.ofMinutes(15), 5, 20, 50);
  }

  private String anonymous() {
    String id = sessions.newId();
    sessions.add(id, Map.of("csrf", "token"));
    return id;
  }

  private String loggedIn() {
    String id = sessions.newId();
    sessions.logIn(anonymous(), id, personId, Way.PASSWORD);
    return id;
  }

  private int rows() {
    return superuser.sql("select count(*) from api.person_session").query(Integer.class).single();
  }
}
