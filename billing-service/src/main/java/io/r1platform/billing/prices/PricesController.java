package io.r1platform.billing.prices;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/**
 * Gives gateways the price book: the versions that hold or will, contracts too, and the holiday
 * calendars. The entity tag covers those, not the time of the answer.
 */
@RestController
final class PricesController {
  /** How long a version that ended is still told: as long as gateways can be asked of requests. */
  private static final Duration KEPT = Duration.ofDays(36);

  record Answer(Instant asOf, List<Version> versions, List<Calendar> calendars) {}

  record Version(
      String versionId,
      @Nullable String tenantId,
      String name,
      String currency,
      String contentSha256,
      Instant validFrom,
      @Nullable Instant validUntil,
      boolean reference,
      List<WireWindow> windows,
      List<Price> prices) {
    static Version of(PriceVersion version) {
      Long tenant = version.tenantId();
      return new Version(
          Long.toString(version.versionId()),
          tenant == null ? null : tenant.toString(),
          version.name(),
          version.currency(),
          version.contentSha256(),
          version.validFrom(),
          version.validUntil(),
          version.reference(),
          version.windows().stream().map(WireWindow::of).toList(),
          version.prices().stream().map(Price::of).toList());
    }
  }

  record Price(int modelId, String model, Sku sku, int window, String unitPico) {
    static Price of(PriceVersion.Price price) {
      return new Price(
          price.modelId(),
          price.model(),
          price.sku(),
          price.window(),
          Long.toString(price.unit().value()));
    }
  }

  record Calendar(String calendar, List<Day> days) {}

  record Day(LocalDate day, boolean working) {}

  private final PriceBook book;
  private final Clock clock;

  PricesController(PriceBook book, Clock clock) {
    this.book = book;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/prices")
  @Nullable ResponseEntity<Answer> prices(WebRequest request) {
    Instant oldest = clock.instant().minus(KEPT);
    List<Version> versions =
        book.current().versions().stream()
            .filter(v -> v.validUntil() == null || v.validUntil().isAfter(oldest))
            .map(Version::of)
            .toList();
    List<Calendar> calendars = calendars(book.calendars());
    String tag = tag(versions.toString() + calendars);
    if (request.checkNotModified(tag)) {
      return null;
    }
    return ResponseEntity.ok()
        .eTag(tag)
        .cacheControl(CacheControl.noCache())
        .body(new Answer(clock.instant(), versions, calendars));
  }

  static List<Calendar> calendars(Map<String, Map<LocalDate, Boolean>> all) {
    return new TreeMap<>(all)
        .entrySet().stream()
            .map(
                calendar ->
                    new Calendar(
                        calendar.getKey(),
                        new TreeMap<>(calendar.getValue())
                            .entrySet().stream()
                                .map(day -> new Day(day.getKey(), day.getValue()))
                                .toList()))
            .toList();
  }

  private static String tag(String content) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
