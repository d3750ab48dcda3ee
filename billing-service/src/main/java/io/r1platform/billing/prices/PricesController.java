package io.r1platform.billing.prices;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/**
 * Gives gateways the price book; the entity tag covers the versions, not the time of the answer.
 */
@RestController
final class PricesController {
  record Answer(Instant asOf, List<Version> versions) {}

  record Version(
      String versionId,
      String name,
      String currency,
      String contentSha256,
      Instant validFrom,
      @Nullable Instant validUntil,
      boolean reference,
      List<Price> prices) {
    static Version of(PriceVersion version) {
      return new Version(
          Long.toString(version.versionId()),
          version.name(),
          version.currency(),
          version.contentSha256(),
          version.validFrom(),
          version.validUntil(),
          version.reference(),
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

  private final PriceBook book;
  private final Clock clock;

  PricesController(PriceBook book, Clock clock) {
    this.book = book;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/prices")
  @Nullable ResponseEntity<Answer> prices(WebRequest request) {
    List<Version> versions = book.published().stream().map(Version::of).toList();
    String tag = tag(versions);
    if (request.checkNotModified(tag)) {
      return null;
    }
    return ResponseEntity.ok()
        .eTag(tag)
        .cacheControl(CacheControl.noCache())
        .body(new Answer(clock.instant(), versions));
  }

  private static String tag(List<Version> versions) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(versions.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
