package io.r1platform.billing.prices;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The published price book at one moment, made ready for rating. A request takes the tenant's
 * contract that prices its model at admission, else the public list; in that version the first
 * window that holds, else window 0. Immutable; a pure function of what was published.
 */
public final class Book {
  private record Customer(@Nullable Long tenantId, int modelId) {}

  private final List<PriceVersion> versions;
  private final Map<Customer, List<RatedVersion>> chargeable = new HashMap<>();
  private final Map<Long, RatedVersion> byId = new HashMap<>();
  private final Map<String, PriceVersion> byHash = new HashMap<>();

  /**
   * Makes a book ready.
   *
   * @param versions every published version
   * @param calendars by name: the days that count as worked (true) or off (false)
   */
  public Book(List<PriceVersion> versions, Map<String, Map<LocalDate, Boolean>> calendars) {
    this.versions = List.copyOf(versions);
    for (PriceVersion version : versions) {
      var rated = new RatedVersion(version, calendars);
      byId.put(version.versionId(), rated);
      byHash.put(version.contentSha256(), version);
      if (!version.reference()) {
        version.prices().stream()
            .mapToInt(PriceVersion.Price::modelId)
            .distinct()
            .forEach(
                model ->
                    chargeable
                        .computeIfAbsent(
                            new Customer(version.tenantId(), model), key -> new ArrayList<>())
                        .add(rated));
      }
    }
  }

  /** Every published version, past and coming ones too, by number. */
  public List<PriceVersion> versions() {
    return versions;
  }

  /** A published version. */
  public Optional<PriceVersion> version(long versionId) {
    return Optional.ofNullable(byId.get(versionId)).map(RatedVersion::version);
  }

  /** The published version of that hash, 64 hex digits. */
  public Optional<PriceVersion> version(String contentSha256) {
    return Optional.ofNullable(byHash.get(contentSha256));
  }

  /**
   * What a request costs.
   *
   * @return empty when no version holds for it, or the one that does has no price for it
   * @throws ArithmeticException if the amount does not fit in a {@code long}
   */
  public Optional<Rated> rate(Charge charge) {
    RatedVersion version = holding(charge.tenantId(), charge.modelId(), charge.admittedAt());
    return version == null
        ? Optional.empty()
        : Optional.ofNullable(version.rate(charge, version.windowAt(charge.admittedAt())));
  }

  /**
   * What a request would cost if it were charged by that version, whenever and for whomever that
   * holds; the window is still that of its admission.
   *
   * @return empty when the version does not exist or has no price for it
   * @throws ArithmeticException if the amount does not fit in a {@code long}
   */
  public Optional<Rated> rateBy(long versionId, Charge charge) {
    RatedVersion version = byId.get(versionId);
    return version == null
        ? Optional.empty()
        : Optional.ofNullable(version.rate(charge, version.windowAt(charge.admittedAt())));
  }

  /** A price in pico-dollars per token, if that version has it. */
  public OptionalLong unit(long versionId, int modelId, Sku sku, int window) {
    RatedVersion version = byId.get(versionId);
    long unit = version == null ? -1 : version.unit(modelId, sku, window);
    return unit < 0 ? OptionalLong.empty() : OptionalLong.of(unit);
  }

  private @Nullable RatedVersion holding(long tenantId, int modelId, Instant at) {
    RatedVersion contract = holding(chargeable.get(new Customer(tenantId, modelId)), at);
    return contract != null ? contract : holding(chargeable.get(new Customer(null, modelId)), at);
  }

  private static @Nullable RatedVersion holding(@Nullable List<RatedVersion> versions, Instant at) {
    if (versions != null) {
      for (RatedVersion version : versions) {
        if (version.version().chargeableAt(at)) {
          return version;
        }
      }
    }
    return null;
  }
}
