package io.r1platform.api.relay;

import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;

/** What the request log says of a request that ended. */
final class RequestRow {
  private RequestRow() {}

  /**
   * One row.
   *
   * @param model its name
   * @param upstream the server that ran it
   * @param replica the gateway and its epoch
   */
  static LoggedRequest of(
      Admission admission,
      String model,
      String upstream,
      String replica,
      Outcome outcome,
      Charge charge,
      TokenGaps gaps) {
    Tokens charged = charge.charged();
    Price price = admission.price();
    return new LoggedRequest(
        admission.eventId(),
        admission.caller().organizationId(),
        admission.caller().projectId(),
        admission.caller().keyId(),
        admission.modelId(),
        model,
        upstream,
        replica,
        admission.stream(),
        charged.hit(),
        charged.miss(),
        charged.reasoning(),
        charged.answer(),
        charge.waivedInput(),
        charge.waivedOutput(),
        outcome.ttftMillis() == 0 ? null : outcome.ttftMillis(),
        gaps.percentileMicros(0.5),
        gaps.percentileMicros(0.95),
        outcome.finish().wire(),
        charge.amount().value(),
        price.contentSha256(),
        price.publicVersion(),
        price.window(),
        admission.admittedAt(),
        outcome.finishedAt());
  }
}
