package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.AfterCommit;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Drafts of price versions: made, edited, published, and published ones closed. Every command may
 * come again: it does nothing then. The rules of publishing are the database's; what it refuses is
 * told in its words.
 */
@Component
class PriceDrafts {
  private static final Logger LOG = LoggerFactory.getLogger(PriceDrafts.class);
  private static final String REFUSED = "R1P01";

  /**
   * A new draft.
   *
   * @param commandId the same id makes the same draft
   * @param fromVersionId whose prices and windows it begins with, and, without {@code card}, whose
   *     card it belongs to
   * @param card a new card, for instance a tenant's contract; null: that of {@code fromVersionId}
   */
  record NewDraft(
      UUID commandId,
      @Nullable Long fromVersionId,
      @Nullable NewCard card,
      Instant validFrom,
      @Nullable Instant validUntil) {}

  /** A card; with a tenant it is that tenant's contract. */
  record NewCard(String name, String currency, @Nullable Long tenantId) {}

  private record Row(long cardId, boolean published, int revision, @Nullable Instant validUntil) {}

  private final JdbcClient jdbc;
  private final PriceContents contents;
  private final TransactionTemplate transaction;
  private final Clock clock;

  PriceDrafts(
      JdbcClient jdbc, PriceContents contents, TransactionTemplate transaction, Clock clock) {
    this.jdbc = jdbc;
    this.contents = contents;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Makes a draft and returns its number. */
  long create(NewDraft draft) {
    return refusing(
        () ->
            transaction.execute(
                status -> {
                  Optional<Long> known = byCommand(draft.commandId);
                  if (known.isPresent()) {
                    return known.get();
                  }
                  NewCard card = draft.card;
                  Long from = draft.fromVersionId;
                  if (card == null && from == null) {
                    throw ServiceException.pricesRefused(
                        "Give 'from_version_id', or a new 'card', or both.");
                  }
                  long cardId = card == null ? row(from).cardId : insertCard(card);
                  long id = insert(draft, cardId);
                  if (from != null) {
                    contents.copy(from, id);
                  }
                  return id;
                }));
  }

  /** Replaces a draft's content. */
  void replace(long versionId, DraftContent content) {
    content.check();
    refusing(
        () ->
            transaction.execute(
                status -> {
                  lockDraft(versionId, content.revision());
                  jdbc.sql(
                          """
                          update rate_card_version
                          set valid = tstzrange(:from, :until), revision = revision + 1
                          where version_id = :id
                          """)
                      .param("from", content.validFrom().atOffset(ZoneOffset.UTC))
                      .param("until", utc(content.validUntil()))
                      .param("id", versionId)
                      .update();
                  contents.replace(versionId, content);
                  return versionId;
                }));
  }

  /** Removes a draft; one that is gone stays so. */
  void discard(long versionId) {
    refusing(
        () ->
            jdbc.sql("delete from rate_card_version where version_id = ?")
                .param(versionId)
                .update());
  }

  /**
   * Publishes a draft. An open version of the same card is closed where this one begins.
   *
   * @throws ServiceException {@code prices_refused} with the reason, {@code stale_revision}
   */
  void publish(long versionId, int revision) {
    refusing(
        () ->
            transaction.execute(
                status -> {
                  if (lock(versionId).published) {
                    return versionId;
                  }
                  lockDraft(versionId, revision);
                  jdbc.sql(
                          """
                          update rate_card_version v
                          set valid = tstzrange(lower(v.valid), lower(d.valid))
                          from rate_card_version d
                          where d.version_id = :id and v.card_id = d.card_id
                            and v.published_at is not null and upper_inf(v.valid)
                            and lower(v.valid) < lower(d.valid)
                          """)
                      .param("id", versionId)
                      .update();
                  jdbc.sql(
                          "update rate_card_version set published_at = :now where version_id = :id")
                      .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                      .param("id", versionId)
                      .update();
                  return versionId;
                }));
    AfterCommit.say(() -> LOG.info("Price version {} is published", versionId));
  }

  /** Closes a published version's open end, 5 minutes ahead at least. */
  void close(long versionId, Instant validUntil) {
    refusing(
        () ->
            transaction.execute(
                status -> {
                  Row row = lock(versionId);
                  if (!row.published) {
                    throw ServiceException.pricesRefused("It is a draft: edit it.");
                  }
                  if (!validUntil.equals(row.validUntil)) {
                    jdbc.sql(
                            """
                            update rate_card_version
                            set valid = tstzrange(lower(valid), :until) where version_id = :id
                            """)
                        .param("until", validUntil.atOffset(ZoneOffset.UTC))
                        .param("id", versionId)
                        .update();
                  }
                  return versionId;
                }));
    AfterCommit.say(() -> LOG.info("Price version {} ends at {}", versionId, validUntil));
  }

  private Optional<Long> byCommand(UUID commandId) {
    return jdbc.sql("select version_id from rate_card_version where command_id = ?")
        .param(commandId)
        .query(Long.class)
        .optional();
  }

  private long insertCard(NewCard card) {
    if (!card.name.matches("[^\\n\\r]{1,200}") || !card.currency.equals("USD")) {
      throw ServiceException.pricesRefused(
          "A card has a name of 1 to 200 characters on one line, and the currency USD.");
    }
    return jdbc.sql(
            """
            insert into rate_card (tenant_id, currency, name) values (:tenant, :currency, :name)
            returning card_id
            """)
        .param("tenant", card.tenantId)
        .param("currency", card.currency)
        .param("name", card.name)
        .query(Long.class)
        .single();
  }

  private long insert(NewDraft draft, long cardId) {
    return jdbc.sql(
            """
            insert into rate_card_version (card_id, valid, command_id)
            values (:card, tstzrange(:from, :until), :command) returning version_id
            """)
        .param("card", cardId)
        .param("from", draft.validFrom.atOffset(ZoneOffset.UTC))
        .param("until", utc(draft.validUntil))
        .param("command", draft.commandId)
        .query(Long.class)
        .single();
  }

  private void lockDraft(long versionId, int revision) {
    Row row = lock(versionId);
    if (row.published) {
      throw ServiceException.pricesRefused("It is published: make a draft from it.");
    }
    if (row.revision != revision) {
      throw ServiceException.staleRevision(row.revision);
    }
  }

  private Row lock(long versionId) {
    return read(versionId, " for update");
  }

  private Row row(@Nullable Long versionId) {
    if (versionId == null) {
      throw new IllegalArgumentException("no version");
    }
    return read(versionId, "");
  }

  private Row read(long versionId, String lock) {
    return jdbc.sql(
            """
            select card_id, published_at is not null as published, revision, upper(valid) as until
            from rate_card_version where version_id = ?
            """
                + lock)
        .param(versionId)
        .query(
            (row, n) ->
                new Row(
                    row.getLong("card_id"),
                    row.getBoolean("published"),
                    row.getInt("revision"),
                    PriceVersions.instant(row, "until")))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("Price version " + versionId));
  }

  private static java.time.@Nullable OffsetDateTime utc(@Nullable Instant moment) {
    return moment == null ? null : moment.atOffset(ZoneOffset.UTC);
  }

  /** Turns what the schema refuses into an answer. */
  static <T> T refusing(Supplier<T> work) {
    try {
      return work.get();
    } catch (DataAccessException e) {
      if (NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException cause) {
        String why = why(cause);
        if (why != null) {
          throw ServiceException.pricesRefused(why);
        }
      }
      throw e;
    }
  }

  private static @Nullable String why(SQLException cause) {
    String state = String.valueOf(cause.getSQLState());
    String message = String.valueOf(cause.getMessage());
    return switch (state) {
      case REFUSED -> message.lines().findFirst().orElse("").replaceFirst("^ERROR: ", "");
      case "23P01" -> "Another version of this card holds in that time.";
      case "23505" ->
          message.contains("content_sha256")
              ? "These prices were published before, from the same moment on."
              : "This exists already.";
      case "23503" -> "A model or calendar is not known: give the model's name, make the calendar.";
      case "23514" -> "A value is out of its range.";
      default -> List.of("22000", "22007").contains(state) ? "A range or time is wrong." : null;
    };
  }
}
