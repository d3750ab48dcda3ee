package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Holiday calendars for operators: days off, and weekend days that are worked. */
@RestController
@RequestMapping("/internal/v1/prices/calendars")
class CalendarController {
  private static final int MOST_DAYS = 1_000;

  record Calendar(String calendar, List<Day> days) {}

  /**
   * A day.
   *
   * @param working true: worked whatever its weekday; false: off; null: remove what was said
   */
  record Day(@Nullable LocalDate day, @Nullable Boolean working) {}

  record Change(@Nullable List<Day> days) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  CalendarController(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  @GetMapping("/{name}")
  Calendar read(@PathVariable String name) {
    boolean known =
        jdbc.sql("select exists (select from holiday_calendar where calendar = ?)")
            .param(name)
            .query(Boolean.class)
            .single();
    if (!known) {
      throw ServiceException.notFound("Calendar " + name);
    }
    return new Calendar(
        name,
        jdbc.sql("select day, working from holiday where calendar = ? order by day")
            .param(name)
            .query(
                (row, n) ->
                    new Day(row.getObject("day", LocalDate.class), row.getBoolean("working")))
            .list());
  }

  /** Makes the calendar if need be and sets the days named; the others stay as they are. */
  @PostMapping("/{name}")
  Calendar change(@PathVariable String name, @RequestBody Change change) {
    List<Day> days = change.days;
    if (days == null || days.size() > MOST_DAYS || days.stream().anyMatch(day -> day.day == null)) {
      throw ServiceException.pricesRefused(
          "'days' are at most %d of {day, working}.".formatted(MOST_DAYS));
    }
    PriceDrafts.refusing(
        () ->
            transaction.execute(
                status -> {
                  jdbc.sql("insert into holiday_calendar values (?) on conflict do nothing")
                      .param(name)
                      .update();
                  for (Day day : days) {
                    set(name, Objects.requireNonNull(day.day), day.working);
                  }
                  return days.size();
                }));
    return read(name);
  }

  private void set(String name, LocalDate day, @Nullable Boolean working) {
    if (working == null) {
      jdbc.sql("delete from holiday where calendar = ? and day = ?").params(name, day).update();
      return;
    }
    jdbc.sql(
            """
            merge into holiday h
            using (values (:name, cast(:day as date), :working)) as n(calendar, day, working)
            on h.calendar = n.calendar and h.day = n.day
            when matched and h.working <> n.working then update set working = n.working
            when not matched then insert (calendar, day, working)
              values (n.calendar, n.day, n.working)
            """)
        .param("name", name)
        .param("day", day)
        .param("working", working)
        .update();
  }
}
