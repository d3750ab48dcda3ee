package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Versions and drafts for operators; api-service passes them on and writes the audit trail. */
@RestController
@RequestMapping("/internal/v1/prices")
class PriceAdminController {
  record Summary(
      String versionId,
      String cardId,
      String name,
      String currency,
      @Nullable String organizationId,
      boolean reference,
      Instant validFrom,
      @Nullable Instant validUntil,
      @Nullable Instant publishedAt,
      int revision) {}

  record Listing(List<Summary> versions, @Nullable String next) {}

  /**
   * A version in full.
   *
   * @param contentSha256 null for a draft
   * @param content what the hash covers or would cover
   * @param fault why a draft cannot be published; null: it can
   */
  record Detail(
      Summary version,
      @Nullable String contentSha256,
      String content,
      @Nullable String fault,
      List<WireWindow> windows,
      List<DraftContent.Line> prices) {}

  record NewDraft(
      @Nullable UUID commandId,
      @Nullable String fromVersionId,
      @Nullable NewCard card,
      @Nullable Instant validFrom,
      @Nullable Instant validUntil) {}

  record NewCard(
      @Nullable String name, @Nullable String currency, @Nullable String organizationId) {}

  record Publication(int revision) {}

  record Closing(@Nullable Instant validUntil) {}

  private final PriceDrafts drafts;
  private final PriceVersions versions;
  private final JdbcClient jdbc;

  PriceAdminController(PriceDrafts drafts, PriceVersions versions, JdbcClient jdbc) {
    this.drafts = drafts;
    this.versions = versions;
    this.jdbc = jdbc;
  }

  @GetMapping("/versions")
  Listing list(
      @RequestParam(name = "organization_id", required = false) @Nullable Long tenant,
      ListPage page) {
    List<Summary> found =
        summaries(
            "(cast(:id as bigint) is null or tenant_id = :id) and"
                + page.following("version_id", true),
            tenant);
    return new Listing(page.of(found), page.next(found, Summary::versionId));
  }

  @GetMapping("/versions/{id}")
  Detail detail(@PathVariable long id) {
    Summary summary =
        summaries("version_id = :id", id).stream()
            .findFirst()
            .orElseThrow(() -> ServiceException.notFound("Price version " + id));
    PriceVersion version = versions.find(id).orElseThrow();
    String content =
        jdbc.sql("select price_version_text(?)").param(id).query(String.class).single();
    boolean draft = summary.publishedAt == null;
    return new Detail(
        summary,
        draft ? null : version.contentSha256(),
        content,
        draft ? fault(id) : null,
        version.windows().stream().map(WireWindow::of).toList(),
        version.prices().stream().map(DraftContent.Line::of).toList());
  }

  @PostMapping("/drafts")
  @ResponseStatus(HttpStatus.CREATED)
  Detail create(@RequestBody NewDraft body) {
    if (body.commandId == null || body.validFrom == null) {
      throw ServiceException.pricesRefused("'command_id' (a UUID) and 'valid_from' are needed.");
    }
    long id =
        drafts.create(
            new PriceDrafts.NewDraft(
                body.commandId,
                number(body.fromVersionId),
                card(body.card),
                body.validFrom,
                body.validUntil));
    return detail(id);
  }

  @PostMapping("/drafts/{id}")
  Detail replace(@PathVariable long id, @RequestBody DraftContent body) {
    drafts.replace(id, body);
    return detail(id);
  }

  @PostMapping("/drafts/{id}/discard")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void discard(@PathVariable long id) {
    drafts.discard(id);
  }

  @PostMapping("/drafts/{id}/publish")
  Detail publish(@PathVariable long id, @RequestBody Publication body) {
    drafts.publish(id, body.revision);
    return detail(id);
  }

  @PostMapping("/versions/{id}/close")
  Detail close(@PathVariable long id, @RequestBody Closing body) {
    if (body.validUntil == null) {
      throw ServiceException.pricesRefused("'valid_until' is needed.");
    }
    drafts.close(id, body.validUntil);
    return detail(id);
  }

  private @Nullable String fault(long id) {
    return jdbc.sql("select coalesce(price_draft_fault(?), '')")
            .param(id)
            .query(String.class)
            .single()
            .isEmpty()
        ? null
        : jdbc.sql("select price_draft_fault(?)").param(id).query(String.class).single();
  }

  private static PriceDrafts.@Nullable NewCard card(@Nullable NewCard card) {
    if (card == null) {
      return null;
    }
    if (card.name == null) {
      throw ServiceException.pricesRefused("A card needs a 'name'.");
    }
    return new PriceDrafts.NewCard(
        card.name, card.currency == null ? "USD" : card.currency, number(card.organizationId));
  }

  private static @Nullable Long number(@Nullable String id) {
    if (id == null) {
      return null;
    }
    if (!id.matches("[0-9]{1,18}")) {
      throw ServiceException.pricesRefused("'%s' is not an id.".formatted(id));
    }
    return Long.valueOf(id);
  }

  private List<Summary> summaries(String which, @Nullable Long id) {
    return jdbc.sql(
            """
            select version_id, card_id, name, currency, tenant_id, reference, published_at,
              revision, lower(valid) as valid_from, upper(valid) as valid_until
            from rate_card_version join rate_card using (card_id)
            where
            """
                + which)
        .param("id", id)
        .query(
            (row, n) ->
                new Summary(
                    row.getString("version_id"),
                    row.getString("card_id"),
                    row.getString("name"),
                    row.getString("currency"),
                    row.getString("tenant_id"),
                    row.getBoolean("reference"),
                    PriceVersions.begin(row),
                    PriceVersions.instant(row, "valid_until"),
                    PriceVersions.instant(row, "published_at"),
                    row.getInt("revision")))
        .list();
  }
}
