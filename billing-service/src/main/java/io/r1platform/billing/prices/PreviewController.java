package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What stored usage would cost by a version or draft; amounts are pico-dollars as strings. */
@RestController
class PreviewController {
  record Asked(@Nullable Instant from, @Nullable Instant to) {}

  /**
   * The comparison at the first tier.
   *
   * @param unpriced requests that the version has no price for, in no row
   */
  record Answer(
      String requests,
      String unpriced,
      String oldPico,
      String newPico,
      String differencePico,
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
    if (asked.from == null || asked.to == null) {
      throw ServiceException.pricesRefused("'from' and 'to' are needed.");
    }
    Preview.Result result = preview.of(id, asked.from, asked.to);
    BigInteger before = total(result, Preview.Row::before);
    BigInteger after = total(result, Preview.Row::after);
    return new Answer(
        Long.toString(result.requests()),
        Long.toString(result.unpriced()),
        before.toString(),
        after.toString(),
        after.subtract(before).toString(),
        result.rows().stream().map(Line::of).toList());
  }

  private static BigInteger total(Preview.Result result, Function<Preview.Row, BigInteger> amount) {
    return result.rows().stream().map(amount).reduce(BigInteger.ZERO, BigInteger::add);
  }
}
