package io.r1platform.billing.prices;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The published price book. It is read again when its number of changes has risen. */
@Component
public class PriceBook {
  private record Known(long revision, Book book, Map<String, Map<LocalDate, Boolean>> days) {}

  private final JdbcClient jdbc;
  private final PriceVersions versions;
  private volatile @Nullable Known known;

  PriceBook(JdbcClient jdbc, PriceVersions versions) {
    this.jdbc = jdbc;
    this.versions = versions;
  }

  /** The book as it is now. One query of one row, and more only after a change. */
  public Book current() {
    return known().book;
  }

  /** A version or draft as it is now, ready for rating with today's calendars. */
  public Optional<RatedVersion> find(long versionId) {
    return versions.find(versionId).map(version -> new RatedVersion(version, known().days));
  }

  /** The days of every holiday calendar, by its name: true is worked, false is off. */
  public Map<String, Map<LocalDate, Boolean>> calendars() {
    return known().days;
  }

  private Known known() {
    long revision = jdbc.sql("select revision from price_book_change").query(Long.class).single();
    Known last = known;
    if (last == null || last.revision != revision) {
      // read after the number: a change in between is read too, and then read once more
      Map<String, Map<LocalDate, Boolean>> days = readCalendars();
      List<PriceVersion> published = versions.published();
      last = new Known(revision, new Book(published, days), days);
      known = last;
    }
    return last;
  }

  private Map<String, Map<LocalDate, Boolean>> readCalendars() {
    var calendars = new HashMap<String, Map<LocalDate, Boolean>>();
    jdbc.sql("select calendar, day, working from holiday")
        .query(
            row -> {
              calendars
                  .computeIfAbsent(row.getString("calendar"), name -> new HashMap<>())
                  .put(row.getObject("day", LocalDate.class), row.getBoolean("working"));
            });
    return calendars;
  }
}
