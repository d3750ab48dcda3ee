package io.r1platform.billing.ledger;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's tables; nothing here updates but the sums by day. */
@Component
class Entries {
  /** A journal that is there. */
  record Posted(UUID id, Journal.Kind kind) {}

  private record Owner(long tenantId, Account account, String currency) {
    static Owner of(Entry entry) {
      var place = entry.place();
      return new Owner(place.tenantId(), place.account(), place.currency());
    }
  }

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  Entries(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /** Claims an id; another transaction that has it is waited for. Returns false if it is taken. */
  boolean insertJournal(
      UUID id,
      Journal.Kind kind,
      @Nullable UUID reverses,
      Map<String, String> ref,
      byte[] content) {
    return jdbc.sql(
                """
                insert into journal (journal_id, kind, reverses, ref, created_at, content_sha256)
                values (?, ?, ?, ?::jsonb, ?, ?) on conflict (journal_id) do nothing
                """)
            .params(id, kind.name())
            .param(reverses)
            .param(json.writeValueAsString(ref))
            .params(clock.instant().atOffset(ZoneOffset.UTC), content)
            .update()
        == 1;
  }

  /** Inserts a whole journal's entries and adds them to the sums by day, in account order. */
  void insert(UUID journal, List<Entry> entries) {
    Map<Owner, Long> ids = accountIds(entries);
    jdbc.sql(
            """
            insert into entry (journal_id, ord, account_id, effective_on, amount)
            select ?, ord, account_id, effective_on, amount
            from unnest(?::bigint[], ?::date[], ?::numeric[]) with ordinality
              as e(account_id, effective_on, amount, ord)
            """)
        .param(journal)
        .param(array(entries, entry -> Objects.requireNonNull(ids.get(Owner.of(entry)))))
        .param(array(entries, entry -> entry.place().day()))
        .param(array(entries, Entry::amount))
        .update();
    jdbc.sql(
            """
            insert into account_day as d (account_id, day, amount)
            select account_id, effective_on, sum(amount) from entry where journal_id = ?
            group by account_id, effective_on
            order by account_id, effective_on
            on conflict (account_id, day) do update set amount = d.amount + excluded.amount
            """)
        .param(journal)
        .update();
  }

  /**
   * Until the transaction ends; the service may not lock the row itself, since it never updates.
   */
  void lockForReversal(UUID journal) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
        .param("journal|" + journal)
        .query(row -> {});
  }

  Optional<Posted> find(UUID journal) {
    return jdbc.sql("select journal_id, kind from journal where journal_id = ?")
        .param(journal)
        .query(
            (row, n) ->
                new Posted(
                    row.getObject("journal_id", UUID.class),
                    Journal.Kind.valueOf(row.getString("kind"))))
        .optional();
  }

  Optional<UUID> reversalOf(UUID journal) {
    return jdbc.sql("select journal_id from journal where reverses = ?")
        .param(journal)
        .query(UUID.class)
        .optional();
  }

  /** Hexadecimal; empty for a journal older than the hash. */
  String contentOf(UUID journal) {
    return jdbc.sql(
            """
            select coalesce(encode(content_sha256, 'hex'), '') from journal where journal_id = ?
            """)
        .param(journal)
        .query(String.class)
        .single();
  }

  List<Entry> of(UUID journal) {
    return jdbc.sql(
            """
            select a.tenant_id, a.code, a.currency, e.effective_on, e.amount
            from entry e join account a using (account_id) where e.journal_id = ? order by e.ord
            """)
        .param(journal)
        .query(
            (row, n) ->
                new Entry(
                    new Entry.Place(
                        row.getLong("tenant_id"),
                        Account.of(row.getString("code")),
                        row.getString("currency"),
                        row.getObject("effective_on", LocalDate.class)),
                    row.getBigDecimal("amount").toBigIntegerExact()))
        .list();
  }

  BigInteger balance(long tenantId, Account account, String currency, LocalDate until) {
    return jdbc.sql(
            """
            select coalesce(sum(d.amount), 0) from account_day d join account a using (account_id)
            where (a.tenant_id, a.code, a.currency) = (?, ?, ?::char(3)) and d.day <= ?
            """)
        .params(tenantId, account.code(), currency, until)
        .query(BigDecimal.class)
        .single()
        .toBigIntegerExact();
  }

  private Map<Owner, Long> accountIds(List<Entry> entries) {
    List<Owner> owners = entries.stream().map(Owner::of).distinct().toList();
    String tenants = array(owners, Owner::tenantId);
    jdbc.sql(
            """
            insert into account (tenant_id, code, currency)
            select * from unnest(?::bigint[], ?::text[], ?::text[]) as a(tenant_id, code, currency)
            where not exists (select from account
              where (tenant_id, code, currency) = (a.tenant_id, a.code, a.currency))
            order by 1, 2, 3
            on conflict do nothing
            """)
        .param(tenants)
        .param(array(owners, owner -> owner.account.code()))
        .param(array(owners, Owner::currency))
        .update();
    var ids = new HashMap<Owner, Long>();
    jdbc.sql("select * from account where tenant_id = any (?::bigint[])")
        .param(tenants)
        .query(
            row -> {
              var owner =
                  new Owner(
                      row.getLong("tenant_id"),
                      Account.of(row.getString("code")),
                      row.getString("currency"));
              ids.put(owner, row.getLong("account_id"));
            });
    return ids;
  }

  /** A PostgreSQL array literal of values that need no quoting: numbers, dates, codes. */
  private static <T> String array(List<T> values, Function<T, Object> of) {
    return values.stream()
        .map(value -> String.valueOf(of.apply(value)))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
