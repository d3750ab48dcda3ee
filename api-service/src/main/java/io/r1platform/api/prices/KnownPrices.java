package io.r1platform.api.prices;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One answer of billing, made ready. It chooses as billing does when it rates again: the tenant's
 * contract that prices the model at that moment, else the public list; in it the first window that
 * holds. Immutable.
 */
final class KnownPrices {
  private record Customer(@Nullable Long organizationId, int modelId) {}

  private final Map<Customer, List<PriceList>> lists = new HashMap<>();
  private final Map<String, PriceVersion> names = new HashMap<>();

  KnownPrices(PriceAnswer answer) {
    var calendars = new HashMap<String, Map<LocalDate, Boolean>>();
    for (PriceAnswer.Calendar calendar : answer.calendars()) {
      var days = calendars.computeIfAbsent(calendar.calendar(), name -> new HashMap<>());
      calendar.days().forEach(day -> days.put(day.day(), day.working()));
    }
    for (PriceAnswer.Version version : answer.versions()) {
      if (!version.reference()) {
        String tenant = version.tenant_id();
        Long organization = tenant == null ? null : Long.valueOf(tenant);
        var list = new PriceList(version, calendars);
        names.put(list.contentSha256(), list.name());
        version.prices().stream()
            .mapToInt(PriceAnswer.Row::model_id)
            .distinct()
            .forEach(
                model ->
                    lists
                        .computeIfAbsent(
                            new Customer(organization, model), customer -> new ArrayList<>())
                        .add(list));
      }
    }
  }

  /** The price of a model for an organization, null for the public list's. */
  Optional<Price> at(@Nullable Long organizationId, int modelId, Instant time) {
    return at(organizationId, modelId, time, false);
  }

  /** The same, for a line of a batch or for anything else. */
  Optional<Price> at(@Nullable Long organizationId, int modelId, Instant time, boolean batch) {
    PriceList list = holding(organizationId, modelId, time);
    if (list == null && organizationId != null) {
      list = holding(null, modelId, time);
    }
    return list == null
        ? Optional.empty()
        : Optional.ofNullable(list.priceAt(modelId, time, batch));
  }

  /** The version with that content. */
  Optional<PriceVersion> version(String contentSha256) {
    return Optional.ofNullable(names.get(contentSha256));
  }

  /** The next moment after {@code time} at which another price of a model may begin to hold. */
  Optional<Instant> validUntil(long organizationId, int modelId, Instant time) {
    return Stream.of(new Customer(organizationId, modelId), new Customer(null, modelId))
        .flatMap(customer -> lists.getOrDefault(customer, List.of()).stream())
        .flatMap(list -> list.edgesAfter(time))
        .filter(edge -> edge.isAfter(time))
        .min(Instant::compareTo);
  }

  private @Nullable PriceList holding(@Nullable Long organizationId, int modelId, Instant time) {
    for (PriceList list : lists.getOrDefault(new Customer(organizationId, modelId), List.of())) {
      if (list.holdsAt(time)) {
        return list;
      }
    }
    return null;
  }
}
