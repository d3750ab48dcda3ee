package io.r1platform.billing.credit;

import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.UsageJournal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Pays usage from credit, in the transaction that posts it. */
@Component
public class Wallets {
  private record Purse(long tenantId, String currency) {}

  private record Cover(UsageJournal.Line line, Account wallet, @Nullable LocalDate expiresOn) {}

  private record Draw(long grantId, LocalDate day) {}

  private final JdbcClient jdbc;

  Wallets(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Draws what credit covers of a batch: a request draws what was valid at its admission, earlier
   * admissions first. What is not covered is owed. To be called once per journal; the returned
   * parts belong into it.
   *
   * @param journal the usage journal that will be posted in this transaction
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<UsageJournal.Covered> draw(UUID journal, Collection<Payable> charges) {
    Map<Purse, List<Grant>> purses = lock(charges);
    if (purses.isEmpty()) {
      return List.of();
    }
    var left = new HashMap<Long, BigInteger>();
    purses.values().forEach(grants -> grants.forEach(g -> left.put(g.id(), g.remaining())));
    var covered = new LinkedHashMap<Cover, BigInteger>();
    var draws = new HashMap<Draw, BigInteger>();
    charges.stream()
        .filter(charge -> purses.containsKey(new Purse(charge.tenantId(), charge.currency())))
        .sorted(Comparator.comparing(Payable::admittedAt))
        .forEach(charge -> draw(charge, purses, left, covered, draws));
    if (!draws.isEmpty()) {
      store(journal, draws);
    }
    return covered.entrySet().stream()
        .map(
            part -> {
              Cover cover = part.getKey();
              return new UsageJournal.Covered(
                  cover.line, cover.wallet, part.getValue(), cover.expiresOn);
            })
        .toList();
  }

  private static void draw(
      Payable charge,
      Map<Purse, List<Grant>> purses,
      Map<Long, BigInteger> left,
      Map<Cover, BigInteger> covered,
      Map<Draw, BigInteger> draws) {
    BigInteger owed = BigInteger.valueOf(charge.amountPico());
    var purse = new Purse(charge.tenantId(), charge.currency());
    var line = new UsageJournal.Line(charge.tenantId(), charge.currency(), charge.day());
    for (Grant grant : purses.getOrDefault(purse, List.of())) {
      BigInteger available = left.getOrDefault(grant.id(), BigInteger.ZERO);
      if (owed.signum() == 0) {
        return;
      }
      if (available.signum() > 0 && grant.covers(charge.admittedAt())) {
        BigInteger part = owed.min(available);
        owed = owed.subtract(part);
        left.put(grant.id(), available.subtract(part));
        var cover = new Cover(line, grant.wallet(), grant.expiresOn());
        covered.merge(cover, part, BigInteger::add);
        draws.merge(new Draw(grant.id(), charge.day()), part, BigInteger::add);
      }
    }
  }

  /** The grants that may pay, locked in id order, so that two batches never wait in a circle. */
  private Map<Purse, List<Grant>> lock(Collection<Payable> charges) {
    List<Payable> paid = charges.stream().filter(c -> c.amountPico() > 0).toList();
    if (paid.isEmpty()) {
      return Map.of();
    }
    Instant first = paid.stream().map(Payable::admittedAt).min(Instant::compareTo).orElseThrow();
    Instant last = paid.stream().map(Payable::admittedAt).max(Instant::compareTo).orElseThrow();
    var tenants = paid.stream().map(Payable::tenantId).distinct().toList();
    return jdbc
        .sql(
            """
            select * from credit_grant
            where tenant_id = any (?::bigint[]) and pays
              and effective_at <= ? and (expires_at is null or expires_at > ?)
            order by grant_id for update
            """)
        .param(array(tenants))
        .param(last.atOffset(ZoneOffset.UTC))
        .param(first.atOffset(ZoneOffset.UTC))
        .query((row, n) -> Grant.read(row))
        .list()
        .stream()
        .sorted(Grant.DRAWN_FIRST)
        .collect(Collectors.groupingBy(g -> new Purse(g.tenantId(), g.currency())));
  }

  private void store(UUID journal, Map<Draw, BigInteger> draws) {
    List<Draw> keys = List.copyOf(draws.keySet());
    var amounts = keys.stream().map(draws::get).toList();
    jdbc.sql(
            """
            insert into credit_draw (journal_id, grant_id, day, amount)
            select ?, * from unnest(?::bigint[], ?::date[], ?::numeric[])
            """)
        .param(journal)
        .param(array(keys.stream().map(Draw::grantId).toList()))
        .param(array(keys.stream().map(Draw::day).toList()))
        .param(array(amounts))
        .update();
    jdbc.sql(
            """
            update credit_grant g set remaining = g.remaining - d.amount
            from (select grant_id, sum(amount) as amount from credit_draw where journal_id = ?
              group by grant_id) d
            where d.grant_id = g.grant_id
            """)
        .param(journal)
        .update();
  }

  /** A PostgreSQL array literal of values that need no quoting. */
  private static String array(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
