package io.r1platform.billing.ledger;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Posts journals and takes them back. Takes part in the caller's transaction and refuses to work
 * without one. What a retry may assume is in {@code docs/ledger.md}.
 */
@Component
public class Ledger {
  private final Entries entries;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  Ledger(Entries entries, ApplicationEventPublisher events, Clock clock) {
    this.entries = entries;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Posts a journal once: a repeat with the same content does nothing.
   *
   * @return whether it was posted now
   * @throws ServiceException {@code command_conflict} if the id was posted with other content
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean post(Journal journal) {
    return post(journal.id(), journal.kind(), null, journal.ref(), Entry.of(journal.transfers()));
  }

  /**
   * Posts a batch of usage.
   *
   * @throws IllegalStateException if this position was posted before: the stream's position, which
   *     commits with it, should have kept it out
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void post(UsageJournal journal) {
    if (!post(journal.journal())) {
      throw new IllegalStateException("posted before: " + journal.position());
    }
  }

  /**
   * Takes a journal back, once at most: the same entries negated, on their own days where those lie
   * ahead, else today. The same command again does nothing.
   *
   * @param journalId what is taken back; not a reversal
   * @param commandId of whoever orders it
   * @param reason why, for people
   * @return the reversal's id
   * @throws ServiceException {@code not_found}; {@code command_conflict} if another command
   *     reversed it; {@code invalid_request} for a reversal
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID reverse(UUID journalId, UUID commandId, String reason) {
    UUID id = Journal.idOf(commandId);
    entries.lockForReversal(journalId);
    Entries.Posted posted =
        entries
            .find(journalId)
            .orElseThrow(() -> ServiceException.notFound("Journal " + journalId));
    if (posted.kind() == Journal.Kind.REVERSAL) {
      throw ServiceException.invalidRequest(
          "A reversal is not reversed; post what should stand instead.");
    }
    UUID reversedBy = entries.reversalOf(journalId).orElse(null);
    if (id.equals(reversedBy)) {
      return id;
    }
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    List<Entry> back = Entry.reversed(entries.of(journalId), today);
    Map<String, String> ref = Map.of("command", commandId.toString(), "reason", reason);
    Journal.checkRef(ref);
    if (reversedBy != null || !post(id, Journal.Kind.REVERSAL, journalId, ref, back)) {
      throw ServiceException.commandConflict(commandId.toString());
    }
    return id;
  }

  /** Debits less credits of an account up to and with a day, in pico. */
  @Transactional(readOnly = true)
  public BigInteger balance(long tenantId, Account account, String currency, LocalDate until) {
    return entries.balance(tenantId, account, currency, until);
  }

  private boolean post(
      UUID id,
      Journal.Kind kind,
      @Nullable UUID reverses,
      Map<String, String> ref,
      List<Entry> rows) {
    byte[] content = content(kind, reverses, rows);
    if (!entries.insertJournal(id, kind, reverses, new TreeMap<>(ref), content)) {
      if (!Arrays.equals(content, HexFormat.of().parseHex(entries.contentOf(id)))) {
        throw ServiceException.commandConflict(id.toString());
      }
      return false;
    }
    if (!rows.isEmpty()) {
      entries.insert(id, rows);
    }
    OwedChanged owed = OwedChanged.of(rows);
    if (kind != Journal.Kind.USAGE && !owed.tenants().isEmpty()) {
      events.publishEvent(owed);
    }
    return true;
  }

  private static byte[] content(Journal.Kind kind, @Nullable UUID reverses, List<Entry> rows) {
    return Journal.sha256(
        rows.stream()
            .map(Entry::text)
            .collect(Collectors.joining("\n", kind + "|" + reverses + "\n", "")));
  }
}
