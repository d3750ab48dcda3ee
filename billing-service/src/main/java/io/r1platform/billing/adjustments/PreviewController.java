package io.r1platform.billing.adjustments;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.prices.Sku;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What stored usage would cost by a version or draft; amounts are pico-dollars as strings. */
@RestController
class PreviewController {
  record Asked(@Nullable Instant from, @Nullable Instant to, @Nullable String organizationId) {}

  /**
   * The comparison at the first tier.
   *
   * @param changed requests of which another version or window would count
   * @param unpriced requests that the version has no price for, in no row
   * @param preview to be given with a re-rating that shall do just this
   */
  record Answer(
      String requests,
      String changed,
      String unpriced,
      String oldPico,
      String newPico,
      String differencePico,
      String preview,
      List<Line> lines) {}

  record Line(
      String organizationId,
      Sku sku,
      String tokens,
      String oldPico,
      String newPico,
      String differencePico) {
    static Line of(Preview.Row row) {
      return new Line(
          Long.toString(row.tenantId()),
          row.sku(),
          row.tokens().toString(),
          row.before().toString(),
          row.after().toString(),
          row.after().subtract(row.before()).toString());
    }
  }

  private final Preview preview;

  PreviewController(Preview preview) {
    this.preview = preview;
  }

  @PostMapping("/internal/v1/prices/versions/{id}/preview")
  Answer preview(@PathVariable long id, @RequestBody Asked asked) {
    Preview.Result result = preview.of(range(id, asked.from, asked.to, asked.organizationId));
    Totals totals = result.totals();
    return new Answer(
        Long.toString(totals.requests()),
        Long.toString(totals.changed()),
        Long.toString(totals.unpriced()),
        totals.before().toString(),
        totals.after().toString(),
        totals.after().subtract(totals.before()).toString(),
        result.sha256(),
        result.rows().stream().map(Line::of).toList());
  }

  static Repricing.Range range(
      long id, @Nullable Instant from, @Nullable Instant to, @Nullable String organization) {
    if (from == null || to == null) {
      throw ServiceException.pricesRefused("'from' and 'to' are needed.");
    }
    return new Repricing.Range(
        id, from, to, organization == null ? null : Wire.id("organization_id", organization));
  }
}
