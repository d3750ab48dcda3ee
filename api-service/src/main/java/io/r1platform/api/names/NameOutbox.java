package io.r1platform.api.names;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Names that billing has not taken. Triggers fill it with every name that is given. */
@Component
class NameOutbox {
  /**
   * A name; ids and numbers are decimal strings, as billing reads them.
   *
   * @param kind {@code PROJECT} or {@code API_KEY}
   * @param seq rises with each name of the same thing
   */
  record Given(String kind, String id, String organization_id, String name, String seq) {}

  private final JdbcClient database;

  NameOutbox(JdbcClient database) {
    this.database = database;
  }

  /** Those that have waited longest. */
  List<Given> oldest(int most) {
    return database
        .sql("select kind, id, organization_id, name, seq from name_outbox order by seq limit ?")
        .param(most)
        .query(
            (row, n) ->
                new Given(
                    row.getString("kind"),
                    row.getString("id"),
                    row.getString("organization_id"),
                    row.getString("name"),
                    row.getString("seq")))
        .list();
  }

  /**
   * Removes what was taken; a name that was given since has another number and stays. What another
   * replica is removing, or somebody renaming, is left to them.
   */
  void remove(List<Given> taken) {
    database
        .sql(
            """
            delete from name_outbox where seq in (
              select seq from name_outbox where seq = any(?) order by seq for update skip locked)
            """)
        .param(taken.stream().map(given -> Long.valueOf(given.seq)).toArray(Long[]::new))
        .update();
  }

  long size() {
    return database.sql("select count(*) from name_outbox").query(Long.class).single();
  }
}
