package io.r1platform.billing.adjustments;

import io.r1platform.billing.adjustments.Commitments.Commitment;
import io.r1platform.billing.pages.ListPage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Re-ratings, commitments and adjustments for operators; amounts are pico as strings. */
@RestController
class AdjustmentController {
  record Rerate(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String reason,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable String organizationId,
      @Nullable String preview) {}

  record Rerating(
      String reratingId,
      UUID commandId,
      String actor,
      String reason,
      String versionId,
      @Nullable String organizationId,
      Instant from,
      Instant to,
      String requests,
      String changed,
      String unpriced,
      String oldPico,
      String newPico,
      String differencePico,
      Instant doneAt) {
    static Rerating of(RerateTable.Done done) {
      Long tenant = done.tenantId();
      return new Rerating(
          Long.toString(done.number()),
          done.commandId(),
          done.actor(),
          done.reason(),
          Long.toString(done.versionId()),
          tenant == null ? null : tenant.toString(),
          done.from(),
          done.to(),
          Long.toString(done.requests()),
          Long.toString(done.changed()),
          Long.toString(done.unpriced()),
          done.before().toString(),
          done.after().toString(),
          done.after().subtract(done.before()).toString(),
          done.doneAt());
    }
  }

  record RerateList(List<Rerating> reratings, @Nullable String next) {}

  record NewCommitment(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String organizationId,
      @Nullable String currency,
      @Nullable String from,
      @Nullable String until,
      @Nullable String minimumPico) {}

  record Cancel(@Nullable UUID commandId, @Nullable String actor) {}

  /** Months as in 2026-12; {@code until} is the first month after it. */
  record CommitmentView(
      String commitmentId,
      String organizationId,
      String currency,
      String from,
      String until,
      String minimumPico,
      String actor,
      Instant madeAt,
      @Nullable Instant cancelledAt) {
    static CommitmentView of(Commitment c) {
      return new CommitmentView(
          Long.toString(c.id()),
          Long.toString(c.tenantId()),
          c.currency(),
          c.from().toString(),
          c.until().toString(),
          c.minimum().toString(),
          c.actor(),
          c.madeAt(),
          c.cancelledAt());
    }
  }

  record CommitmentList(List<CommitmentView> commitments, @Nullable String next) {}

  /** One revision; {@code target_pico} is what the adjustment was from then on. */
  record Adjustment(
      String adjustmentId,
      String kind,
      String organizationId,
      String currency,
      Instant from,
      Instant until,
      @Nullable String cardId,
      @Nullable Integer modelId,
      @Nullable String sku,
      @Nullable Integer window,
      int revision,
      String targetPico,
      String stepPico,
      String basis,
      UUID journalId,
      Instant postedAt) {
    static Adjustment read(ResultSet row) throws SQLException {
      return new Adjustment(
          row.getString("adjustment_id"),
          row.getString("kind"),
          row.getString("tenant_id"),
          row.getString("currency"),
          row.getObject("from_at", OffsetDateTime.class).toInstant(),
          row.getObject("until_at", OffsetDateTime.class).toInstant(),
          row.getString("card_id"),
          row.getObject("model_id", Integer.class),
          row.getString("sku"),
          row.getObject("win", Integer.class),
          row.getInt("revision"),
          row.getString("target"),
          row.getString("step"),
          row.getString("basis"),
          row.getObject("journal_id", UUID.class),
          row.getObject("posted_at", OffsetDateTime.class).toInstant());
    }
  }

  record AdjustmentPage(List<Adjustment> adjustments, @Nullable String next) {}

  private final Reratings reratings;
  private final RerateTable table;
  private final Commitments commitments;
  private final JdbcClient jdbc;

  AdjustmentController(
      Reratings reratings, RerateTable table, Commitments commitments, JdbcClient jdbc) {
    this.reratings = reratings;
    this.table = table;
    this.commitments = commitments;
    this.jdbc = jdbc;
  }

  @PostMapping("/internal/v1/prices/versions/{id}/rerate")
  Rerating rerate(@PathVariable long id, @RequestBody Rerate body) {
    return Rerating.of(
        reratings.order(
            new Reratings.Order(
                Wire.command(body.commandId),
                Wire.actor(body.actor),
                Wire.reason(body.reason),
                PreviewController.range(id, body.from, body.to, body.organizationId),
                String.valueOf(body.preview))));
  }

  @GetMapping("/internal/v1/prices/reratings")
  RerateList list(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      ListPage page) {
    List<Rerating> found = table.list(organizationId, page).stream().map(Rerating::of).toList();
    return new RerateList(page.of(found), page.next(found, Rerating::reratingId));
  }

  @GetMapping("/internal/v1/commitments")
  CommitmentList commitments(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      ListPage page) {
    List<CommitmentView> found =
        commitments.list(organizationId, page).stream().map(CommitmentView::of).toList();
    return new CommitmentList(page.of(found), page.next(found, CommitmentView::commitmentId));
  }

  @PostMapping("/internal/v1/commitments")
  CommitmentView commit(@RequestBody NewCommitment body) {
    return CommitmentView.of(
        commitments.make(
            Wire.command(body.commandId),
            Wire.actor(body.actor),
            new Commitments.Terms(
                Wire.id("organization_id", body.organizationId),
                body.currency == null ? "USD" : body.currency,
                Wire.month("from", body.from),
                Wire.month("until", body.until),
                Wire.pico("minimum_pico", body.minimumPico))));
  }

  @PostMapping("/internal/v1/commitments/{id}/cancel")
  CommitmentView cancel(@PathVariable long id, @RequestBody Cancel body) {
    return CommitmentView.of(
        commitments.cancel(Wire.command(body.commandId), id, Wire.actor(body.actor)));
  }

  @GetMapping("/internal/v1/adjustments")
  AdjustmentPage adjustments(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      ListPage page) {
    List<Adjustment> found =
        jdbc.sql(
                """
                select *, lower(period) as from_at, upper(period) as until_at from adjustment
                where (cast(:tenant as bigint) is null or tenant_id = :tenant) and
                """
                    + page.following("adjustment_id", true))
            .param("tenant", organizationId)
            .query((row, n) -> Adjustment.read(row))
            .list();
    return new AdjustmentPage(page.of(found), page.next(found, Adjustment::adjustmentId));
  }
}
