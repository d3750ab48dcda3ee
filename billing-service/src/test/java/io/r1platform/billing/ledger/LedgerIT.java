package io.r1platform.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Journals go in once and whole, stay, and are taken back once at most. */
class LedgerIT {
  private static final Random IDS = new Random(31);
  private static long tenants = 5_000;

  private static BillingFixture billing;
  private static Ledger ledger;
  private static TransactionTemplate transaction;
  private static LocalDate today;

  private final long tenant = ++tenants;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    ledger = billing.bean(Ledger.class);
    transaction = billing.bean(TransactionTemplate.class);
    today = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @AfterEach
  void ledgerIsWhole() {
    assertThat(billing.sql().sql("select what from ledger_broken").query(String.class).list())
        .isEmpty();
    assertThat(billing.sum("amount", "posted_entry")).isZero();
  }

  @Test
  void repeatedJournalIsPostedOnce() {
    Journal journal = payment(id(), 5, today);
    assertThat(post(journal)).isTrue();
    assertThat(post(journal)).isFalse();
    assertThat(balance(Account.CASH)).isEqualTo(5);
    assertThat(balance(Account.RECEIVABLE)).isEqualTo(-5);
  }

  @Test
  void oneIdWithTwoContentsIsAnError() {
    UUID id = id();
    post(payment(id, 5, today));
    assertConflict(() -> post(payment(id, 6, today)));
    assertThat(balance(Account.CASH)).isEqualTo(5);
  }

  @Test
  void reversalTakesAJournalBackOnceAtMost() {
    UUID id = id();
    UUID command = id();
    post(payment(id, 5, today));
    UUID reversal = reverse(id, command);
    assertThat(reverse(id, command)).isEqualTo(reversal);
    assertConflict(() -> reverse(id, id()));
    assertThat(balance(Account.CASH)).isZero();
    assertThatThrownBy(() -> reverse(reversal, id()))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.type(ServiceException.class))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void reversalNeverTouchesAPastDayAndKeepsAFutureOne() {
    UUID id = id();
    post(payment(id, 5, today.minusDays(40)));
    reverse(id, id());
    assertThat(ledger.balance(tenant, Account.CASH, "USD", today.minusDays(1))).isEqualTo(5);
    assertThat(balance(Account.CASH)).isZero();

    UUID ahead = id();
    post(payment(ahead, 7, today.plusDays(40)));
    reverse(ahead, id());
    assertThat(balance(Account.CASH)).isZero();
    assertThat(ledger.balance(tenant, Account.CASH, "USD", today.plusDays(40))).isZero();
  }

  @Test
  void concurrentReversalsLeaveOne() throws InterruptedException, ExecutionException {
    UUID id = id();
    post(payment(id, 5, today));
    int reversed = 0;
    var tasks = new ArrayList<Future<Boolean>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        UUID command = id();
        tasks.add(threads.submit(() -> isReversed(id, command)));
      }
      for (Future<Boolean> task : tasks) {
        reversed += task.get() ? 1 : 0;
      }
    }
    assertThat(reversed).isEqualTo(1);
    assertThat(balance(Account.CASH)).isZero();
  }

  @Test
  void nothingIsAddedToAPostedJournal() {
    UUID id = id();
    post(payment(id, 5, today));
    assertThatThrownBy(
            () ->
                billing
                    .sql()
                    .sql(
                        """
                        insert into entry (journal_id, ord, account_id, effective_on, amount)
                        select journal_id, ord + 10, account_id, effective_on, amount from entry
                        where journal_id = ?
                        """)
                    .param(id)
                    .update())
        .rootCause()
        .hasMessageContaining("has been posted whole already");
  }

  /** Sums stay exact: getlago/lago-api#4642, #4889 lost cents and went negative. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void sumsDoNotDrift(long seed) {
    var random = new Random(seed);
    BigInteger expected = BigInteger.ZERO;
    for (int i = 0; i < 60; i++) {
      long amount = random.nextBoolean() ? 1 + random.nextInt(9) : Long.MAX_VALUE - i;
      LocalDate day = today.minusDays(random.nextInt(20));
      var transfers = new ArrayList<Transfer>();
      for (int part = 0; part < 3; part++) {
        transfers.add(
            new Transfer(
                tenant, "USD", day, Account.ACCRUED, Account.REVENUE, BigInteger.valueOf(amount)));
        expected = expected.add(BigInteger.valueOf(amount));
      }
      UUID id = new UUID(seed, tenant * 1_000 + i);
      post(new Journal(id, Journal.Kind.INVOICE, Map.of(), transfers));
      if (random.nextInt(4) == 0) {
        reverse(id, new UUID(-seed, tenant * 1_000 + i));
        expected = expected.subtract(BigInteger.valueOf(amount).multiply(BigInteger.valueOf(3)));
      }
    }
    assertThat(balance(Account.ACCRUED)).isEqualTo(expected);
    assertThat(balance(Account.REVENUE)).isEqualTo(expected.negate());
  }

  private boolean isReversed(UUID id, UUID command) {
    try {
      reverse(id, command);
      return true;
    } catch (ServiceException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.COMMAND_CONFLICT);
      return false;
    }
  }

  private static void assertConflict(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.type(ServiceException.class))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.COMMAND_CONFLICT);
  }

  private Journal payment(UUID id, long amount, LocalDate day) {
    return new Journal(
        id,
        Journal.Kind.PAYMENT,
        Map.of("reason", "a \"quoted\" test"),
        List.of(
            new Transfer(
                tenant, "USD", day, Account.CASH, Account.RECEIVABLE, BigInteger.valueOf(amount))));
  }

  private static synchronized UUID id() {
    return new UUID(IDS.nextLong(), IDS.nextLong());
  }

  private static boolean post(Journal journal) {
    return Boolean.TRUE.equals(transaction.execute(status -> ledger.post(journal)));
  }

  private static UUID reverse(UUID journal, UUID command) {
    return transaction.execute(status -> ledger.reverse(journal, command, "test"));
  }

  private BigInteger balance(Account account) {
    return ledger.balance(tenant, account, "USD", today);
  }
}
