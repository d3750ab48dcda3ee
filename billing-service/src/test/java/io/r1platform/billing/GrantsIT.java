package io.r1platform.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database itself refuses, whatever the service's code does. */
class GrantsIT {
  private static final List<String> APPEND_ONLY =
      List.of(
          "rerating",
          "rerated_request",
          "adjustment",
          "usage_record",
          "engine_usage",
          "journal",
          "entry",
          "account");
  private static final List<String> PUBLISHED =
      List.of("rate_card", "rate_card_version", "price", "price_window", "model");

  private static BillingFixture billing;
  private static JdbcClient service;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    TestDatabase database = billing.database();
    service = JdbcClient.create(database.dataSource("r1_billing"));
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void appendOnlyTablesRefuseChange() {
    for (String table : APPEND_ONLY) {
      assertRefused("delete from " + table);
      assertRefused("truncate " + table);
      String column =
          service
              .sql(
                  """
                  select attname from pg_attribute
                  where attrelid = ?::regclass and attnum > 0 and attidentity = '' limit 1
                  """)
              .param(table)
              .query(String.class)
              .single();
      assertRefused("update %s set %s = %s".formatted(table, column, column));
    }
  }

  @Test
  void publishedPricesRefuseEveryWrite() {
    for (String table : PUBLISHED) {
      assertRefused("truncate " + table);
      assertRefused("update %s set %s = default".formatted(table, anyColumn(table)));
    }
    for (String table : List.of("rate_card", "model", "holiday_calendar")) {
      assertRefused("delete from " + table);
    }
    assertRefused("update price set unit_pico = 0");
    for (String sql :
        List.of(
            "delete from price where version_id = 1",
            "delete from rate_card_version where version_id = 1",
            "insert into price (version_id, model_id, sku, win, unit_pico, list_pico)"
                + " values (1, 100, 'HIT', 0, 1, 1)",
            "insert into price_window values (1, 1, 'w', '09:00', '10:00', 'UTC', '{1}', null)",
            "update rate_card_version set published_at = null where version_id = 1",
            "update rate_card_version set valid = tstzrange(lower(valid), now())")) {
      assertThatThrownBy(() -> service.sql(sql).update())
          .as(sql)
          .rootCause()
          .hasMessageContaining("published");
    }
  }

  private static String anyColumn(String table) {
    return service
        .sql(
            """
            select attname from pg_attribute
            where attrelid = ?::regclass and attnum = 1
            """)
        .param(table)
        .query(String.class)
        .single();
  }

  @Test
  void countedTablesRefuseDelete() {
    for (String table : List.of("usage_hourly", "account_day", "ingest_hwm", "usage_held")) {
      assertRefused("delete from " + table);
      assertRefused("truncate " + table);
    }
    assertRefused("update usage_held set record = record");
    assertRefused("update export_run set manifest = manifest");
  }

  @Test
  void serviceOwnsNothing() {
    Long owned =
        service
            .sql("select count(*) from pg_class where relowner = 'r1_billing'::regrole")
            .query(Long.class)
            .single();
    assertThat(owned).isZero();
    assertRefused("create table mine (x int)");
  }

  @Test
  void noPartitionsOfImpossibleDays() {
    for (String day : List.of("2024-12-31", "infinity", "9999-01-01")) {
      assertThatThrownBy(
              () ->
                  service
                      .sql("select make_usage_partitions(?::date)")
                      .param(day)
                      .query((row, number) -> true)
                      .single())
          .as(day)
          .rootCause()
          .hasMessageContaining("no usage can be of");
    }
  }

  @Test
  void ownerCannotChangePublishedPricesEither() {
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    for (String sql :
        List.of(
            "update price set unit_pico = 1 where version_id = 1",
            "delete from price where version_id = 1",
            "insert into price (version_id, model_id, sku, win, unit_pico, list_pico)"
                + " values (1, 100, 'HIT', 0, 1, 1)",
            "truncate price",
            "delete from rate_card_version",
            "update rate_card_version set valid = tstzrange('2020-01-01', null)",
            "update rate_card_version set valid = tstzrange(lower(valid), now())",
            "update rate_card set name = 'other'")) {
      assertThatThrownBy(() -> owner.sql(sql).update())
          .as(sql)
          .rootCause()
          .hasMessageMatching("(?s).*(published|cannot be truncated).*");
    }
  }

  @Test
  void ownerCannotChangeTheLedgerEither() {
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    for (String table : List.of("account", "journal", "entry")) {
      for (String sql : List.of("delete from %s", "truncate %s cascade", "update %s set %s = %s")) {
        String column = table.equals("account") ? "code" : "journal_id";
        String statement = sql.formatted(table, column, column);
        assertThatThrownBy(() -> owner.sql(statement).update())
            .as(statement)
            .rootCause()
            .hasMessageContaining("is append-only");
      }
    }
    assertThatThrownBy(() -> owner.sql("delete from account_day").update())
        .rootCause()
        .hasMessageContaining("is append-only");
  }

  @Test
  void openEndOfAPublishedVersionMayBeClosedAhead() {
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    int closed =
        owner
            .sql(
                """
                update rate_card_version
                set valid = tstzrange(lower(valid), now() + interval '10 years')
                where version_id = 2
                """)
            .update();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void unbalancedJournalIsRefused() {
    assertThatThrownBy(
            () ->
                service
                    .sql(
                        """
                        with a as (
                          insert into account (tenant_id, code, currency)
                          values (999, 'accrued', 'USD') returning account_id
                        ), j as (
                          insert into journal (journal_id, kind, ref, created_at)
                          values (gen_random_uuid(), 'USAGE', '{}', now()) returning journal_id
                        )
                        insert into entry (journal_id, ord, account_id, effective_on, amount)
                        select journal_id, 1, account_id, current_date, 5 from a, j
                        """)
                    .update())
        .rootCause()
        .hasMessageContaining("is off by 5");
  }

  private static void assertRefused(String sql) {
    assertThatThrownBy(() -> service.sql(sql).update())
        .as(sql)
        .rootCause()
        .hasMessageMatching("(?s).*permission denied for (table|schema).*");
  }
}
