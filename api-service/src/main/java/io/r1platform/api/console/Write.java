package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Principal;
import io.r1platform.api.replies.Replies;
import io.r1platform.api.replies.SentKey;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * A request to change something.
 *
 * @param actor who sent it, for the trail
 * @param isDryRun whether only the effect is asked for: {@code ?dry_run=true}
 * @param again under which key it may be sent again; null: under none
 */
record Write(Actor actor, boolean isDryRun, Replies.@Nullable Request again) {
  private static final String DRY_RUN = "dry_run";

  static Write of(Principal who, ServerWebExchange exchange) {
    boolean dryRun = isDryRun(exchange);
    SentKey sent = SentKey.of(exchange);
    return new Write(
        Actors.of(who, exchange),
        dryRun,
        sent == null || dryRun
            ? null
            : new Replies.Request(name(who), exchange.getRequest().getPath().value(), sent));
  }

  /** A person keeps its keys whatever its address, and shares them with no machine. */
  private static String name(Principal who) {
    Long person = who.personId();
    return person == null ? who.name() : "person " + person;
  }

  /** Whatever is not clearly one or the other is refused: nobody should change by a slip. */
  private static boolean isDryRun(ServerWebExchange exchange) {
    var sent = exchange.getRequest().getQueryParams().get(DRY_RUN);
    if (sent == null) {
      return false;
    }
    String value = sent.size() == 1 ? String.valueOf(sent.getFirst()) : "";
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw ServiceException.about(
              ErrorCode.INVALID_VALUE, DRY_RUN, "dry_run is true or false. Nothing was changed.");
    };
  }
}
