package io.r1platform.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Billing's side of {@code docs/protocols/leases.md} in memory: one budget for each scope. */
public final class FakeLeases implements HttpHandler {
  private static final List<String> SCOPES = List.of("CREDIT", "ORGANIZATION", "PROJECT", "KEY");
  private static final BigInteger PLENTY = BigInteger.TEN.pow(20);
  private static final int AMOUNT_AT = 128;
  private static final int LEASES_AT = 184;

  private final JsonMapper json = new JsonMapper();
  private final BooleanSupplier down;
  private final Map<String, Budget> budgets = new TreeMap<>();
  private final Map<Long, Lease> leases = new HashMap<>();
  private long version = 1;
  private int asks;
  private int syncs;

  private static final class Budget {
    BigInteger limit = PLENTY;
    @Nullable String resetsAt;
    BigInteger leased = BigInteger.ZERO;
    BigInteger spent = BigInteger.ZERO;

    BigInteger free() {
      return limit.subtract(leased).subtract(spent);
    }
  }

  private static final class Lease {
    final long id;
    final String scope;
    final String holder;
    BigInteger granted = BigInteger.ZERO;
    BigInteger spent = BigInteger.ZERO;
    BigInteger returned = BigInteger.ZERO;
    boolean recalled;

    Lease(long id, String scope, String holder) {
      this.id = id;
      this.scope = scope;
      this.holder = holder;
    }
  }

  FakeLeases(BooleanSupplier down) {
    this.down = down;
    budgets.put("CREDIT", new Budget());
  }

  /** Sets the hard budget of a scope, pico. What was spent of it before stays. */
  public synchronized void limit(String scope, long pico, @Nullable String resetsAt) {
    Budget budget = budgets.computeIfAbsent(scope, s -> new Budget());
    budget.limit = BigInteger.valueOf(pico).add(budget.spent).add(budget.leased);
    budget.resetsAt = resetsAt;
    version++;
  }

  /** Takes the budget of a scope away; credit becomes plenty. */
  public synchronized void unlimit(String scope) {
    if (scope.equals("CREDIT")) {
      budget(scope).limit = PLENTY;
    } else {
      budgets.remove(scope);
    }
    version++;
  }

  /** Asks every holder to give back. */
  public synchronized void recallAll() {
    leases.values().forEach(lease -> lease.recalled = true);
  }

  private Budget budget(String scope) {
    return Objects.requireNonNull(budgets.get(scope));
  }

  public synchronized int asks() {
    return asks;
  }

  public synchronized int syncs() {
    return syncs;
  }

  public synchronized BigInteger spent(String scope) {
    return budget(scope).spent;
  }

  public synchronized BigInteger leased(String scope) {
    return budget(scope).leased;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
    boolean sync = exchange.getRequestURI().getPath().endsWith("/sync");
    if (down.getAsBoolean()) {
      answer(exchange, 503, Map.of());
    } else if (sync) {
      answer(exchange, 200, sync(body));
    } else {
      Map<String, Object> lent = ask(body);
      answer(exchange, lent.containsKey("code") ? 402 : 200, lent);
    }
  }

  /** Says what binds. */
  void limits(HttpExchange exchange) throws IOException {
    if (down.getAsBoolean()) {
      answer(exchange, 503, Map.of());
    } else {
      answer(exchange, 200, Map.of("as_of", "2026-11-22T10:00:00Z", "limits", limits()));
    }
  }

  private synchronized List<Map<String, Object>> limits() {
    List<Map<String, Object>> limits = new ArrayList<>();
    for (String scope : SCOPES) {
      Budget budget = budgets.get(scope);
      if (budget != null) {
        Map<String, Object> limit = new HashMap<>();
        limit.put("scope", scope);
        limit.put("scope_id", "1");
        limit.put("currency", "USD");
        limit.put("limit", budget.limit.toString());
        limit.put("used", budget.spent.toString());
        limit.put("leased", budget.leased.toString());
        limit.put("resets_at", budget.resetsAt);
        limits.add(limit);
      }
    }
    return limits;
  }

  private synchronized Map<String, Object> ask(JsonNode body) {
    asks++;
    String holder = holder(body);
    BigInteger slice = new BigInteger(body.path("slice").asString());
    Optional<String> tightest =
        SCOPES.stream()
            .filter(scope -> budgets.containsKey(scope) && over(body, scope).signum() < 0)
            .min(Comparator.comparing(scope -> over(body, scope)));
    if (tightest.isPresent()) {
      return exhausted(tightest.get(), body, budget(tightest.get()));
    }
    List<Map<String, Object>> lent = new ArrayList<>();
    for (String scope : SCOPES) {
      Budget budget = budgets.get(scope);
      if (budget == null) {
        continue;
      }
      Lease lease = lease(scope, holder);
      BigInteger need = need(body, scope);
      if (need.signum() > 0) {
        BigInteger third =
            budget.free().divide(BigInteger.valueOf(3L * body.path("replicas").asInt()));
        BigInteger take = third.max(need).min(need.max(slice));
        lease.granted = lease.granted.add(take);
        lease.recalled = false;
        budget.leased = budget.leased.add(take);
      }
      Map<String, Object> item = new HashMap<>();
      item.put("scope", scope);
      item.put("scope_id", scopeId(scope, body));
      item.put("budget_id", "1");
      item.put("period_id", "1");
      item.put("lease_id", Long.toString(lease.id));
      item.put("granted", lease.granted.toString());
      item.put("starts_at", "2026-11-01T00:00:00Z");
      item.put("ends_at", null);
      item.put("lent_until", null);
      lent.add(item);
    }
    return Map.of("version", Long.toString(version), "leases", lent);
  }

  /** What would be free beside what is needed; below 0 it does not fit. */
  private BigInteger over(JsonNode body, String scope) {
    return budget(scope).free().subtract(need(body, scope));
  }

  private Map<String, Object> exhausted(String scope, JsonNode body, Budget budget) {
    Map<String, Object> problem = new HashMap<>();
    problem.put("code", "budget_exhausted");
    problem.put("scope", scope);
    problem.put("scope_id", scopeId(scope, body));
    problem.put("limit", budget.limit.toString());
    problem.put("left", budget.free().toString());
    problem.put("leased", budget.leased.toString());
    problem.put("resets_at", budget.resetsAt);
    problem.put("version", Long.toString(version));
    return problem;
  }

  private synchronized Map<String, Object> sync(JsonNode body) {
    syncs++;
    for (JsonNode item : body.path("returns")) {
      Lease lease =
          Objects.requireNonNull(leases.get(Long.parseLong(item.path("lease_id").asString())));
      BigInteger most = lease.granted.subtract(lease.spent);
      BigInteger total = new BigInteger(item.path("returned").asString()).min(most);
      if (total.compareTo(lease.returned) > 0) {
        Budget budget = budgets.get(lease.scope);
        if (budget != null) {
          budget.leased = budget.leased.subtract(total.subtract(lease.returned));
        }
        lease.returned = total;
      }
    }
    List<Object> changed = new ArrayList<>();
    for (JsonNode item : body.path("watch")) {
      if (Long.parseLong(item.path("version").asString()) != version) {
        changed.add(
            Map.of(
                "organization", item.path("organization").asString(),
                "version", Long.toString(version)));
      }
    }
    List<String> recalled =
        leases.values().stream()
            .filter(lease -> lease.recalled && lease.holder.equals(holder(body)))
            .filter(l -> l.granted.subtract(l.spent).subtract(l.returned).signum() > 0)
            .map(lease -> Long.toString(lease.id))
            .toList();
    return Map.of("changed", changed, "recalled", recalled);
  }

  /** Settles an item of a usage batch. */
  synchronized void settle(byte[] items, int at, boolean fresh) {
    ByteBuffer in = ByteBuffer.wrap(items);
    BigInteger amount = BigInteger.valueOf(in.getLong(at + AMOUNT_AT));
    for (int i = 0; fresh && i < 4; i++) {
      Lease lease = leases.get(in.getLong(at + LEASES_AT + i * Long.BYTES));
      Budget budget = lease == null ? null : budgets.get(lease.scope);
      if (lease != null && budget != null) {
        lease.spent = lease.spent.add(amount);
        budget.leased = budget.leased.subtract(amount);
        budget.spent = budget.spent.add(amount);
      }
    }
  }

  private Lease lease(String scope, String holder) {
    for (Lease lease : leases.values()) {
      if (lease.scope.equals(scope) && lease.holder.equals(holder)) {
        return lease;
      }
    }
    Lease lease = new Lease(leases.size() + 1, scope, holder);
    leases.put(lease.id, lease);
    return lease;
  }

  private static String holder(JsonNode body) {
    return body.path("replica").asString() + "." + body.path("epoch").asString();
  }

  private static BigInteger need(JsonNode body, String scope) {
    return new BigInteger(body.path("need").path(scope).asString("0"));
  }

  private static String scopeId(String scope, JsonNode body) {
    return switch (scope) {
      case "PROJECT" -> body.path("project").asString();
      case "KEY" -> body.path("key").asString();
      default -> body.path("organization").asString();
    };
  }

  private void answer(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = json.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
