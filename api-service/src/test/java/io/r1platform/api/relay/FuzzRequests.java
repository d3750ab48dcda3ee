package io.r1platform.api.relay;

import io.r1platform.api.OpenApi;
import io.r1platform.api.relay.FuzzOperation.Parameter;
import io.r1platform.api.relay.FuzzRequest.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Requests by number, made from the description: the same seed gives the same ones. */
final class FuzzRequests {
  private static final int KEYS = 500;

  /** How often each kind is meant, of 1,000. */
  private static final List<Kind> KINDS = new ArrayList<>();

  static {
    times(190, Kind.GOOD);
    times(290, Kind.WRONG_BODY);
    times(130, Kind.BROKEN_BODY);
    times(60, Kind.QUERY);
    times(140, Kind.HEADERS);
    times(68, Kind.PATH);
    times(40, Kind.METHOD);
    times(80, Kind.FOREIGN);
    times(2, Kind.SLOW_BODY);
  }

  private static void times(int of1000, Kind kind) {
    for (int i = 0; i < of1000; i++) {
      KINDS.add(kind);
    }
  }

  private final long seed;
  private final List<FuzzOperation> operations;
  private final FuzzValues values;
  private final FuzzBody bodies;
  private final FuzzTenant own;
  private final FuzzTenant foreign;

  FuzzRequests(long seed, OpenApi description, FuzzTenant own, FuzzTenant foreign) {
    this.seed = seed;
    this.operations = FuzzOperation.all(description);
    this.values = new FuzzValues(description);
    this.bodies = new FuzzBody(description, values);
    this.own = own;
    this.foreign = foreign;
  }

  /** The request of that number. */
  FuzzRequest at(long index) {
    var random = new SplittableRandom(seed * 1_000_003 + index);
    FuzzOperation operation = operations.get(random.nextInt(operations.size()));
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    boolean bodyless = operation.body() == null;
    if (bodyless && (kind == Kind.BROKEN_BODY || kind == Kind.SLOW_BODY)) {
      kind = Kind.QUERY;
    }
    FuzzRequest request = good(index, operation, kind, own, random);
    switch (kind) {
      case GOOD, SLOW_BODY -> {}
      case WRONG_BODY -> request.body = bodies.wrong(operation, random);
      case BROKEN_BODY -> request.body = bodies.broken(operation, random);
      case QUERY -> request.query = FuzzOddities.query(request.query, operation, values, random);
      case HEADERS -> FuzzOddities.headers(request, random);
      case PATH -> FuzzOddities.path(request, random);
      case METHOD -> request.method = FuzzOddities.method(operation, operations, random);
      case FOREIGN -> foreign(request, random);
    }
    return request;
  }

  /** A request as described. */
  FuzzRequest good(
      long index, FuzzOperation operation, Kind kind, FuzzTenant tenant, RandomGenerator random) {
    var request = new FuzzRequest(index, operation, kind);
    request.header("Host", "localhost");
    request.header("Authorization", "Bearer " + tenant.key());
    if (operation.body() != null) {
      String boundary =
          operation.bodyType().startsWith("multipart/") ? "; boundary=" + FuzzBody.BOUNDARY : "";
      request.header("Content-Type", operation.bodyType() + boundary);
      request.body = bodies.good(operation, random);
    }
    for (Parameter parameter : operation.in("path")) {
      set(request, parameter, value(parameter, tenant, random));
    }
    List<String> query = new ArrayList<>();
    for (Parameter parameter : operation.in("query")) {
      if (parameter.required() || random.nextInt(4) == 0) {
        query.add(parameter.name() + "=" + encoded(value(parameter, tenant, random)));
      }
    }
    request.query = String.join("&", query);
    if (operation.takes("Idempotency-Key") && random.nextInt(4) == 0) {
      request.header("Idempotency-Key", tenant.name() + "-" + random.nextInt(KEYS));
      if (operation.takes("Last-Event-ID") && random.nextInt(3) == 0) {
        request.header("Last-Event-ID", Integer.toString(random.nextInt(8)));
      }
    }
    return request;
  }

  /** What the tenant has, where its shape fits; else what the description says. */
  private String value(Parameter parameter, FuzzTenant tenant, RandomGenerator random) {
    if (parameter.in().equals("path") && random.nextInt(4) > 0) {
      Pattern shape = Pattern.compile(parameter.schema().path("pattern").asString(""));
      List<String> ids = tenant.ids().stream().filter(id -> shape.matcher(id).find()).toList();
      if (!ids.isEmpty()) {
        return ids.get(random.nextInt(ids.size()));
      }
    }
    boolean example = parameter.example().isMissingNode() || random.nextInt(3) == 0;
    JsonNode value = example ? values.good(parameter.schema(), random) : parameter.example();
    if (!value.isArray()) {
      return value.asString();
    }
    List<String> items = new ArrayList<>();
    value.forEach(item -> items.add(item.asString()));
    return String.join(",", items);
  }

  private static void set(FuzzRequest request, Parameter parameter, String value) {
    request.path =
        request.path.replace("{" + parameter.name() + "}", encoded(value.isEmpty() ? "x" : value));
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Names something of the other tenant, wherever a name can stand. */
  private void foreign(FuzzRequest request, RandomGenerator random) {
    String id = foreign.ids().get(random.nextInt(foreign.ids().size()));
    FuzzOperation operation = request.operation;
    List<FuzzRequest> keyed =
        foreign.keyed().stream().filter(sent -> sent.operation.equals(operation)).toList();
    if (!operation.in("path").isEmpty()) {
      request.path = operation.path();
      operation.in("path").forEach(parameter -> set(request, parameter, id));
      request.namesForeign = true;
    } else if (!operation.in("query").isEmpty()) {
      List<Parameter> query = operation.in("query");
      request.query += "&" + query.get(random.nextInt(query.size())).name() + "=" + encoded(id);
    } else if (!keyed.isEmpty()) {
      FuzzRequest theirs = keyed.get(random.nextInt(keyed.size()));
      request.body = theirs.body;
      request.headers.clear();
      request.headers.addAll(theirs.headers);
      request.header("Authorization", "Bearer " + own.key());
    } else {
      for (String name :
          List.of("OpenAI-Project", "OpenAI-Organization", "x-r1-tenant", "x-r1-project")) {
        request.header(name, id);
      }
    }
  }
}
