package io.r1platform.billing.credit;

import io.r1platform.billing.credit.CreditCommands.Command;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.Transfer;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * How money arrives and terms change: commands with an id, each done once, recorded with whoever
 * ordered it, in one transaction with its journal and the credit limit.
 */
@Component
class Cashier {
  /** The most one command may move: a million dollars. */
  static final BigInteger MOST = BigInteger.TEN.pow(18);

  /** Credit to be made. */
  record Order(
      BigInteger amount, int priority, @Nullable Instant effectiveAt, @Nullable Instant expiresAt) {
    Order {
      checkAmount(amount);
      if (priority < 0 || priority > 1_000) {
        throw ServiceException.invalidRequest("priority is from 0 to 1000.");
      }
    }
  }

  private final CreditCommands commands;
  private final Grants grants;
  private final CreditLimits limits;
  private final Ledger ledger;
  private final JdbcClient jdbc;
  private final Clock clock;

  Cashier(
      CreditCommands commands,
      Grants grants,
      CreditLimits limits,
      Ledger ledger,
      JdbcClient jdbc,
      Clock clock) {
    this.commands = commands;
    this.grants = grants;
    this.limits = limits;
    this.ledger = ledger;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Credit bought: it can be spent at once. */
  @Transactional
  public void topUp(Command command, Order order) {
    grant(command, order, Grant.Kind.PAID);
  }

  /** Credit given. */
  @Transactional
  public void give(Command command, Order order) {
    grant(command, order, Grant.Kind.PROMO);
  }

  /** Money for usage that was or will be accrued; it makes room under the credit limit. */
  @Transactional
  public void pay(Command command, BigInteger amount) {
    checkAmount(amount);
    once(
        command,
        terms -> {
          var transfer =
              new Transfer(
                  command.tenantId(),
                  terms.currency(),
                  today(),
                  Account.CASH,
                  Account.RECEIVABLE,
                  amount);
          grants.addPaid(command.tenantId(), amount);
          return post(command, Journal.Kind.PAYMENT, List.of(transfer));
        });
  }

  /** Whether an organization pays ahead, or afterwards up to a credit limit. */
  @Transactional
  public void setTerms(Command command, Grants.Mode mode, BigInteger creditLimit) {
    boolean fits =
        mode == Grants.Mode.PREPAID ? creditLimit.signum() == 0 : creditLimit.signum() >= 0;
    if (!fits || creditLimit.compareTo(MOST) > 0) {
      throw ServiceException.invalidRequest(
          "PREPAID has a credit limit of 0, POSTPAID one from 0 to %s pico.".formatted(MOST));
    }
    once(
        command,
        terms -> {
          grants.setTerms(command.tenantId(), mode, creditLimit);
          return null;
        });
  }

  /**
   * Takes back a top-up, grant or payment of the organization.
   *
   * @throws ServiceException {@code invalid_request} if credit was drawn from it already
   */
  @Transactional
  public void reverse(Command command, UUID journal, String reason) {
    once(
        command,
        terms -> {
          Journal.Kind kind = kindOf(command.tenantId(), journal);
          if (kind != Journal.Kind.PAYMENT
              && !grants.reverse(journal)) { // locked as by usage: first
            throw ServiceException.invalidRequest(
                "Nothing was changed: usage was paid from this credit already.");
          }
          UUID reversal = ledger.reverse(journal, command.id(), reason);
          if (kind == Journal.Kind.PAYMENT) {
            BigInteger paid =
                jdbc.sql(
                        """
                        select sum(amount) from posted_entry
                        where journal_id = ? and account = 'cash'
                        """)
                    .param(journal)
                    .query(java.math.BigDecimal.class)
                    .single()
                    .toBigIntegerExact();
            grants.addPaid(command.tenantId(), paid.negate());
          }
          return reversal;
        });
  }

  private void grant(Command command, Order order, Grant.Kind kind) {
    once(
        command,
        terms -> {
          Instant now = clock.instant();
          Instant from = order.effectiveAt == null ? now : order.effectiveAt;
          Instant until = order.expiresAt;
          if (from.isBefore(now) || (until != null && !until.isAfter(from))) {
            throw ServiceException.invalidRequest(
                "Credit begins now or later, and expires after it begins.");
          }
          if (grants.open(command.tenantId()).size() >= Grants.MOST_OPEN) {
            throw ServiceException.invalidRequest(
                "An organization has at most %d open grants.".formatted(Grants.MOST_OPEN));
          }
          var fresh =
              new Grants.Fresh(
                  command.tenantId(),
                  terms.currency(),
                  kind,
                  order.priority,
                  from,
                  until,
                  order.amount);
          boolean paid = kind == Grant.Kind.PAID;
          UUID journal =
              post(command, paid ? Journal.Kind.TOP_UP : Journal.Kind.GRANT, booking(fresh));
          grants.insert(fresh, journal);
          return journal;
        });
  }

  /** The grant, and what will be left of it on the day it expires: until it is drawn, all. */
  private List<Transfer> booking(Grants.Fresh g) {
    boolean paid = g.kind() == Grant.Kind.PAID;
    Account wallet = paid ? Account.WALLET_PAID : Account.WALLET_PROMO;
    Account source = paid ? Account.CASH : Account.PROMO_EXPENSE;
    var transfers = new ArrayList<Transfer>();
    transfers.add(
        new Transfer(
            g.tenantId(),
            g.currency(),
            paid ? today() : LocalDate.ofInstant(g.effectiveAt(), ZoneOffset.UTC),
            source,
            wallet,
            g.amount()));
    Instant until = g.expiresAt();
    if (until != null) {
      transfers.add(
          new Transfer(
              g.tenantId(),
              g.currency(),
              LocalDate.ofInstant(until, ZoneOffset.UTC),
              wallet,
              paid ? Account.BREAKAGE : Account.PROMO_EXPENSE,
              g.amount()));
    }
    return transfers;
  }

  private void once(
      Command command, java.util.function.Function<Grants.Terms, @Nullable UUID> work) {
    commands.lock(command.id());
    if (commands.isDone(command)) {
      return;
    }
    UUID journal = work.apply(grants.lockTerms(command.tenantId()));
    commands.record(command, journal);
    limits.align(command.tenantId(), command.kind() + " " + command.id());
  }

  private UUID post(Command command, Journal.Kind kind, List<Transfer> transfers) {
    UUID id = Journal.idOf(command.id());
    Map<String, String> ref = Map.of("command", command.id().toString());
    if (!ledger.post(new Journal(id, kind, ref, transfers))) {
      throw ServiceException.commandConflict(command.id().toString());
    }
    return id;
  }

  private Journal.Kind kindOf(long tenant, UUID journal) {
    return jdbc.sql(
            """
            select kind from credit_command
            where journal_id = ? and tenant_id = ? and kind in ('TOP_UP', 'GRANT', 'PAYMENT')
            """)
        .params(journal, tenant)
        .query((row, n) -> Journal.Kind.valueOf(row.getString("kind")))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("A top-up, grant or payment " + journal));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private static void checkAmount(BigInteger amount) {
    if (amount.signum() <= 0 || amount.compareTo(MOST) > 0) {
      throw ServiceException.invalidRequest("amount is from 1 to %s pico.".formatted(MOST));
    }
  }
}
