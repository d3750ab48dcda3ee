package io.r1platform.billing.ledger;

import java.math.BigInteger;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Posts journals. Takes part in the caller's transaction and refuses to work without one. */
@Component
public class Ledger {
  private static final String ACCRUED = "accrued";
  private static final String REVENUE = "revenue";

  private record Account(long tenantId, String code, String currency) {}

  private record Entry(Account account, String day, BigInteger amount) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Ledger(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Posts one balanced journal: per line, debit {@code accrued} and credit {@code revenue}.
   *
   * @throws org.springframework.dao.DuplicateKeyException if this position was posted before
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void post(UsageJournal journal) {
    insertJournal(journal);
    List<Entry> entries = entries(journal);
    if (entries.isEmpty()) {
      return;
    }
    insertEntries(journal, entries, accountIds(entries));
    addToDays(journal);
  }

  private void insertJournal(UsageJournal journal) {
    var position = journal.position();
    jdbc.sql(
            """
            insert into journal (journal_id, kind, ref, created_at)
            values (?, 'USAGE', jsonb_build_object('source', ?::text, 'replica', ?::bigint,
              'epoch', ?::int, 'first_seq', ?::bigint, 'last_seq', ?::bigint), ?)
            """)
        .param(position.journalId())
        .param(position.source())
        .param(position.replica())
        .param(position.epoch())
        .param(position.firstSeq())
        .param(position.lastSeq())
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  private static List<Entry> entries(UsageJournal journal) {
    var entries = new ArrayList<Entry>();
    journal
        .amounts()
        .forEach(
            (line, amount) -> {
              if (amount.signum() != 0) {
                var debit = new Account(line.tenantId(), ACCRUED, line.currency());
                var credit = new Account(line.tenantId(), REVENUE, line.currency());
                entries.add(new Entry(debit, line.day().toString(), amount));
                entries.add(new Entry(credit, line.day().toString(), amount.negate()));
              }
            });
    return entries;
  }

  private Map<Account, Long> accountIds(List<Entry> entries) {
    List<Account> accounts = entries.stream().map(Entry::account).distinct().toList();
    String tenants = array(accounts.stream().map(a -> Long.toString(a.tenantId)).toList());
    String codes = array(accounts.stream().map(Account::code).toList());
    String currencies = array(accounts.stream().map(Account::currency).toList());
    jdbc.sql(
            """
            insert into account (tenant_id, code, currency)
            select * from unnest(?::bigint[], ?::text[], ?::text[]) as a(tenant_id, code, currency)
            where not exists (select from account
              where (tenant_id, code, currency) = (a.tenant_id, a.code, a.currency))
            order by 1, 2, 3
            on conflict do nothing
            """)
        .params(tenants, codes, currencies)
        .update();
    var ids = new HashMap<Account, Long>();
    jdbc.sql("select * from account where tenant_id = any (?::bigint[])")
        .param(tenants)
        .query(
            row -> {
              var account =
                  new Account(
                      row.getLong("tenant_id"), row.getString("code"), row.getString("currency"));
              ids.put(account, row.getLong("account_id"));
            });
    return ids;
  }

  private void insertEntries(UsageJournal journal, List<Entry> entries, Map<Account, Long> ids) {
    jdbc.sql(
            """
            insert into entry (journal_id, ord, account_id, effective_on, amount)
            select ?, ord, account_id, effective_on, amount
            from unnest(?::bigint[], ?::date[], ?::numeric[]) with ordinality
              as e(account_id, effective_on, amount, ord)
            """)
        .param(journal.position().journalId())
        .param(array(entries.stream().map(e -> String.valueOf(ids.get(e.account))).toList()))
        .param(array(entries.stream().map(Entry::day).toList()))
        .param(array(entries.stream().map(e -> e.amount.toString()).toList()))
        .update();
  }

  private void addToDays(UsageJournal journal) {
    jdbc.sql(
            """
            insert into account_day as d (account_id, day, amount)
            select account_id, effective_on, sum(amount) from entry where journal_id = ?
            group by account_id, effective_on
            order by account_id, effective_on
            on conflict (account_id, day) do update set amount = d.amount + excluded.amount
            """)
        .param(journal.position().journalId())
        .update();
  }

  /** A PostgreSQL array literal of values that need no quoting: numbers, dates, codes. */
  private static String array(List<String> values) {
    return values.stream().collect(Collectors.joining(",", "{", "}"));
  }
}
