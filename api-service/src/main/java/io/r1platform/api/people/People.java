package io.r1platform.api.people;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Everybody who may log in; every call is blocking. */
@Component
public class People {
  private final JdbcClient jdbc;

  /** Over this database. */
  public People(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A person with the roles of this moment. */
  public Optional<Principal> find(long id) {
    List<Membership> memberships = memberships(id);
    return jdbc.sql("select id, email, enabled, operator from person where id = :id")
        .param("id", id)
        .query(
            (row, number) ->
                new Principal(
                    id,
                    row.getString("email"),
                    row.getBoolean("enabled"),
                    row.getBoolean("operator"),
                    memberships))
        .optional();
  }

  private List<Membership> memberships(long personId) {
    return jdbc.sql(
            """
            select organization_id, project_id, role from membership where person_id = :person
            order by organization_id, project_id, role""")
        .param("person", personId)
        .query(
            (row, number) ->
                new Membership(
                    row.getLong("organization_id"),
                    row.getObject("project_id", Long.class),
                    Role.of(row.getString("role")).orElseThrow()))
        .list();
  }
}
