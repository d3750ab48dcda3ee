package io.r1platform.api.holds;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Journal;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Billing's side of {@code docs/protocols/leases.md}, over HTTP. Blocks: for virtual threads. */
@Component
class LeaseClient {
  /** What is asked for: pico missing in each scope, and the least worth taking. */
  record Ask(Caller caller, Map<Scope, BigInteger> need, BigInteger slice) {}

  /** What billing said to a heartbeat: versions by organization, leases to give back. */
  record Synced(Map<Long, Long> changed, List<Long> recalled) {}

  private final BillingClient billing;
  private final Journal journal;
  private final JsonMapper json;

  LeaseClient(BillingClient billing, Journal journal, JsonMapper json) {
    this.billing = billing;
    this.journal = journal;
    this.json = json;
  }

  LeaseAnswer ask(Ask ask) throws InterruptedException {
    var need = new HashMap<String, String>();
    ask.need.forEach((scope, amount) -> need.put(scope.name(), amount.toString()));
    Map<String, Object> body = who();
    body.put("replicas", Math.max(1, journal.liveReplicas()));
    body.put("organization", Long.toString(ask.caller.organizationId()));
    body.put("project", Long.toString(ask.caller.projectId()));
    body.put("key", Long.toString(ask.caller.keyId()));
    body.put("need", need);
    body.put("slice", ask.slice.toString());
    try {
      HttpResponse<byte[]> response = post("/internal/v1/leases", body);
      return switch (response.statusCode()) {
        case 200 -> lent(json.readTree(response.body()));
        case 402 -> exhausted(json.readTree(response.body()));
        case 410 -> new LeaseAnswer.Over();
        default -> new LeaseAnswer.Away("status " + response.statusCode());
      };
    } catch (IOException | JacksonException | IllegalArgumentException | DateTimeException e) {
      return new LeaseAnswer.Away(e.toString());
    }
  }

  /** Null if there was no usable answer. */
  @Nullable Synced sync(Map<Long, BigInteger> returns, Map<Long, Long> watch)
      throws InterruptedException {
    var returned = new ArrayList<Map<String, String>>();
    returns.forEach(
        (lease, total) ->
            returned.add(Map.of("lease_id", Long.toString(lease), "returned", total.toString())));
    var watched = new ArrayList<Map<String, String>>();
    watch.forEach(
        (organization, version) ->
            watched.add(
                Map.of(
                    "organization", Long.toString(organization),
                    "version", Long.toString(version))));
    Map<String, Object> body = who();
    body.put("returns", returned);
    body.put("watch", watched);
    try {
      HttpResponse<byte[]> response = post("/internal/v1/leases/sync", body);
      return response.statusCode() == 200 ? synced(json.readTree(response.body())) : null;
    } catch (IOException | JacksonException | IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  private Map<String, Object> who() {
    Map<String, Object> body = new HashMap<>();
    body.put("replica", journal.replicaId());
    body.put("epoch", journal.epoch());
    return body;
  }

  private HttpResponse<byte[]> post(String path, Map<String, Object> body)
      throws IOException, InterruptedException {
    return billing.post(path, "application/json", json.writeValueAsBytes(body));
  }

  /**
   * Where {@code lent_until} is absent, an older billing-service answers. Its {@code ends_at} may
   * be an increase's end, so such a lease is never forgotten.
   */
  static LeaseAnswer.Lent lent(JsonNode answer) {
    List<LeaseAnswer.Lease> leases = new ArrayList<>();
    for (JsonNode lease : answer.path("leases")) {
      Scope scope = Scope.valueOf(lease.path("scope").asString());
      Instant end = time(lease, "ends_at");
      boolean older = !lease.has("lent_until");
      leases.add(
          new LeaseAnswer.Lease(
              scope,
              number(lease, "scope_id"),
              number(lease, "lease_id"),
              pico(lease, "granted"),
              older ? end : time(lease, "lent_until"),
              older || scope == Scope.CREDIT ? null : end));
    }
    return new LeaseAnswer.Lent(number(answer, "version"), leases);
  }

  private static LeaseAnswer exhausted(JsonNode answer) {
    return new LeaseAnswer.Exhausted(
        number(answer, "version"),
        Scope.valueOf(answer.path("scope").asString()),
        number(answer, "scope_id"),
        pico(answer, "limit"),
        pico(answer, "left"),
        pico(answer, "leased"),
        time(answer, "resets_at"));
  }

  private static Synced synced(JsonNode answer) {
    Map<Long, Long> changed = new HashMap<>();
    for (JsonNode item : answer.path("changed")) {
      changed.put(number(item, "organization"), number(item, "version"));
    }
    List<Long> recalled = new ArrayList<>();
    for (JsonNode lease : answer.path("recalled")) {
      recalled.add(Long.valueOf(lease.asString()));
    }
    return new Synced(changed, recalled);
  }

  private static long number(JsonNode node, String field) {
    return Long.parseLong(node.path(field).asString(""));
  }

  private static BigInteger pico(JsonNode node, String field) {
    return new BigInteger(node.path(field).asString(""));
  }

  private static @Nullable Instant time(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isMissingNode() || value.isNull() ? null : Instant.parse(value.asString());
  }
}
