package io.r1platform.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A billing-service that keeps its promises about streams, and can be told to be ill. */
public final class FakeBilling implements AutoCloseable {
  /** Price hash of the only version. */
  public static final String PRICE_SHA256 = "ab".repeat(32);

  private static final String FROM = ".*\\bfrom=(\\d+).*";

  private final HttpServer server;
  private final Map<String, Stream> streams = new ConcurrentHashMap<>();
  private volatile Illness illness = Illness.NONE;
  private final FakeLeases leases = new FakeLeases(() -> illness == Illness.DOWN);
  private final FakeNames names = new FakeNames(() -> illness);

  /** What is wrong. */
  public enum Illness {
    NONE,
    /** Answers 503 to everything. */
    DOWN,
    /** Takes batches, then answers 500, as when it dies after its commit. */
    FORGETS_TO_ANSWER,
    /** Does all else, but answers 500 where it is asked for prices. */
    HIDES_PRICES,
    /** Takes nothing and answers 200 with a number that is none. */
    BABBLES
  }

  /** One (replica, epoch). */
  private static final class Stream {
    final Map<Long, byte[]> records = new ConcurrentSkipListMap<>();
    final Map<Long, String> labels = new ConcurrentSkipListMap<>();
    final List<Long> firstSeqs = new CopyOnWriteArrayList<>();
    long next = 1;
    @Nullable Long last;
  }

  /** Starts on a free port. */
  public FakeBilling() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/internal/v1/prices", this::prices);
    server.createContext("/internal/v1/usage-batches", this::batch);
    server.createContext("/internal/v1/epochs/close", this::close);
    server.createContext("/internal/v1/leases", leases);
    server.createContext("/internal/v1/limits", leases::limits);
    server.createContext("/internal/v1/display-names", names);
    server.createContext("/internal/v1/organizations/", this::statements);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Its budgets: credit without end, until a test sets one. */
  public FakeLeases leases() {
    return leases;
  }

  /** What it heard of names. */
  public FakeNames names() {
    return names;
  }

  public void become(Illness next) {
    illness = next;
  }

  /** Records of a stream by sequence number, each as it came first. */
  public Map<Long, byte[]> records(long replica, int epoch) {
    return stream(replica, epoch).records;
  }

  /** Labels of a stream's records that have any, as they came first. */
  public Map<Long, String> labels(long replica, int epoch) {
    return stream(replica, epoch).labels;
  }

  /** First sequence numbers of the batches that came, also of refused ones. */
  public List<Long> batches(long replica, int epoch) {
    return stream(replica, epoch).firstSeqs;
  }

  /** Where a closed stream ends; null while it is open. */
  public @Nullable Long closedAt(long replica, int epoch) {
    return stream(replica, epoch).last;
  }

  /** Closes a stream at a place where it does not end, or opens it again with null. */
  public void closeAt(long replica, int epoch, @Nullable Long last) {
    Stream stream = stream(replica, epoch);
    synchronized (stream) {
      stream.last = last;
    }
  }

  /** Forgets everything of a stream from {@code seq} on, as a restored backup would. */
  public void rewind(long replica, int epoch, long seq) {
    Stream stream = stream(replica, epoch);
    synchronized (stream) {
      stream.next = seq;
      stream.records.keySet().removeIf(known -> known >= seq);
    }
  }

  /** Gives the first token's stream a head start: it expects {@code seq} next. */
  public void skipTo(long replica, int epoch, long seq) {
    Stream stream = stream(replica, epoch);
    synchronized (stream) {
      stream.next = seq;
    }
  }

  private Stream stream(long replica, int epoch) {
    return streams.computeIfAbsent(replica + "." + epoch, key -> new Stream());
  }

  private void prices(HttpExchange exchange) throws IOException {
    if (illness == Illness.DOWN) {
      answer(exchange, 503, "{}");
      return;
    }
    if (illness == Illness.HIDES_PRICES) {
      answer(exchange, 500, "{}");
      return;
    }
    String rows =
        Map.of("HIT", "140000", "MISS", "550000", "REASONING", "2190000", "ANSWER", "2190000")
            .entrySet()
            .stream()
            .map(
                price ->
                    "{\"model_id\":2,\"model\":\"r1-nano\",\"sku\":\"%s\",\"window\":0,\"unit_pico\":\"%s\"}"
                        .formatted(price.getKey(), price.getValue()))
            .collect(Collectors.joining(","));
    exchange.getResponseHeaders().set("ETag", "\"1\"");
    answer(
        exchange,
        200,
        """
        {"as_of":"2026-11-22T00:00:00Z","versions":[
          {"version_id":"2","name":"o1","currency":"USD","content_sha256":"%s",
           "valid_from":"2025-01-20T00:00:00Z","valid_until":null,"reference":true,"prices":[%s]},
          {"version_id":"1","name":"list","currency":"USD","content_sha256":"%s",
           "valid_from":"2025-01-20T00:00:00Z","valid_until":null,"reference":false,"prices":[%s]}]}
        """
            .formatted("cd".repeat(32), rows, PRICE_SHA256, rows));
  }

  /**
   * Balance, invoices, usage and costs, which carry whose they are where the model's name stands.
   */
  private void statements(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (illness == Illness.DOWN) {
      answer(exchange, 503, "{}");
    } else if (path.contains("/receipts") || path.matches(".*/(bundle|pdf)")) {
      receipts(exchange, path);
    } else if (path.contains("/invoices")) {
      invoices(exchange, path);
    } else if (path.contains("/exports")) {
      exports(exchange, path);
    } else if (path.endsWith("/balance")) {
      answer(
          exchange,
          200,
          """
          {"as_of":"2026-11-22T10:00:00Z","currency":"USD","limit":"110000000000000",
           "used":"1500000000000","leased":"0","granted":"2000000000000",
           "topped_up":"500000000000","next_expiry":null}
          """);
    } else {
      long from = Long.parseLong(exchange.getRequestURI().getQuery().replaceAll(FROM, "$1"));
      answer(
          exchange,
          200,
          """
          {"as_of":"2026-11-22T09:59:58Z","rows":[{"start":%d,"by":{"model":"secret-%s"},
           "tokens":{"input":4,"cached":2,"output":3,"reasoning":1,"requests":1,"cancelled":0},
           "cost":{"pico":"12340000000001","currency":"USD"}}]}
          """
              .formatted(from, path.replaceAll("\\W", "-")));
    }
  }

  /** Each organization was sent one, whose id and number nobody else has. */
  private static void invoices(HttpExchange exchange, String path) throws IOException {
    String organization = path.replaceAll(".*/organizations/(\\d+)/.*", "$1");
    String id = Long.toString(1_000_000 + Long.parseLong(organization));
    String invoice =
        """
        {"invoice":{"invoice_id":"%s","organization_id":"%s","kind":"INVOICE",
         "status":"finalized","number":"secret-invoice-%2$s","month":"2026-11",
         "period_start":"2026-11-01T00:00:00Z","period_end":"2026-12-01T00:00:00Z",
         "currency":"USD","built_at":"2026-12-02T00:00:00Z","issued_at":"2026-12-02T00:00:00Z",
         "due_on":"2027-01-01","terms":"Net 30","issuer":{"name":"R1","address":["1 Main Street"],
         "tax_number":null,"payment_details":["Bank 1"]},"customer":{"name":"Acme","address":[],"country":"KR",
         "tax_number":null,"email":"ada@acme.example","language":"en","paper":"A4"},
         "reference":null,"net":"12.30","tax":"0.00","total":"12.30","paid":"2.00",
         "net_pico":"12299999999999","rounding_pico":"1","usage_root":null,
         "checkpoint_size":null,"lines":[{"line_no":1,"kind":"USAGE","month":"2026-11",
         "project_id":"70","project_name":"Chat","model":"r1-nano","sku":"r1-nano-output",
         "version_id":"1","price_version":"ab","window":0,"quantity":"1","unit_pico":"2190000",
         "unit_price":"2.19","note":null,"reference_line":null,"amount_pico":"2190000",
         "amount":"12.30","tax_code":null,"tax_ppm":0}],"taxes":[],"voided":null,"blockers":[]},
         "credited":"0.30","due":"10.00","bundle":true}
        """
            .formatted(id, organization);
    if (path.endsWith("/invoices")) {
      answer(exchange, 200, "{\"invoices\":[" + invoice + "],\"next\":null}");
    } else if (path.endsWith("/" + id)) {
      answer(exchange, 200, invoice);
    } else {
      answer(exchange, 404, "{\"code\":\"not_found\"}");
    }
  }

  /** It has none yet. */
  private static void receipts(HttpExchange exchange, String path) throws IOException {
    if (!path.endsWith("/receipts")) {
      answer(exchange, 404, "{}");
      return;
    }
    String from = exchange.getRequestURI().getQuery().replaceAll(".*\\bfrom=([^&]*).*", "$1");
    try {
      Instant.parse(from);
      answer(exchange, 200, "\n");
    } catch (DateTimeException e) {
      answer(exchange, 400, "{\"detail\":\"'from' is a time.\"}");
    }
  }

  /** It takes any order, and keeps none. */
  private static void exports(HttpExchange exchange, String path) throws IOException {
    if (!path.endsWith("/exports")) {
      answer(exchange, 404, "{\"code\":\"not_found\"}");
    } else if (exchange.getRequestMethod().equals("POST")) {
      answer(
          exchange,
          200,
          """
          {"export_id":"5","dataset":"usage_records","format":"csv","columns":[],
           "from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z","status":"waiting",
           "rows_read":"0","error":null,"manifest":null,"downloadable":false,
           "created_at":"2026-11-03T00:00:00Z","finished_at":null}
          """);
    } else {
      answer(exchange, 200, "{\"exports\":[],\"next\":null}");
    }
  }

  private static List<String> labels(byte[] rest, int n) {
    ByteBuffer in = ByteBuffer.wrap(rest).position(n * 216);
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      byte[] json = new byte[in.getInt()];
      in.get(json);
      labels.add(new String(json, StandardCharsets.UTF_8));
    }
    if (in.hasRemaining()) {
      throw new IllegalStateException("a batch is longer than its labels");
    }
    return labels;
  }

  private void batch(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    ByteBuffer in = ByteBuffer.wrap(body);
    byte[] magic = new byte[4];
    in.get(magic);
    short version = in.getShort();
    boolean sane =
        new String(magic, StandardCharsets.US_ASCII).equals("R1UB")
            && (version == 1 || version == 2)
            && in.get() == 1
            && in.get() == 0;
    long replica = in.getLong();
    int epoch = in.getInt();
    int n = in.getInt();
    long first = in.getLong();
    byte[] hash = new byte[32];
    in.get(hash);
    byte[] rest = Arrays.copyOfRange(body, 64, body.length);
    List<String> labels = version == 1 ? List.of() : labels(rest, n);
    if (!sane || (version == 1 && rest.length != n * 216) || !Arrays.equals(hash, sha256(rest))) {
      answer(exchange, 400, "{\"code\":\"bad_batch\"}");
      return;
    }
    Stream stream = stream(replica, epoch);
    stream.firstSeqs.add(first);
    if (illness == Illness.DOWN) {
      answer(exchange, 503, "{}");
      return;
    }
    if (illness == Illness.BABBLES) {
      answer(exchange, 200, "{\"next_seq\":\"soon\",\"results\":[]}");
      return;
    }
    synchronized (stream) {
      if (stream.last != null && first + n - 1 > stream.last) {
        answer(
            exchange,
            409,
            "{\"code\":\"epoch_closed\",\"last_seq\":\"%d\"}".formatted(stream.last));
        return;
      }
      if (first > stream.next) {
        answer(exchange, 409, "{\"code\":\"gap\",\"expected_seq\":\"%d\"}".formatted(stream.next));
        return;
      }
      for (int i = 0; i < n; i++) {
        leases.settle(rest, i * 216, first + i >= stream.next);
        stream.records.putIfAbsent(first + i, Arrays.copyOfRange(rest, i * 216, i * 216 + 184));
        if (version == 2 && !labels.get(i).isEmpty()) {
          stream.labels.putIfAbsent(first + i, labels.get(i));
        }
      }
      stream.next = Math.max(stream.next, first + n);
      String results =
          IntStream.range(0, n).mapToObj(i -> "\"ACCEPTED\"").collect(Collectors.joining(","));
      answer(
          exchange,
          illness == Illness.FORGETS_TO_ANSWER ? 500 : 200,
          "{\"next_seq\":\"%d\",\"results\":[%s]}".formatted(stream.next, results));
    }
  }

  private void close(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (illness == Illness.DOWN) {
      answer(exchange, 503, "{}");
      return;
    }
    long last = Long.parseLong(field(body, "last_seq"));
    Stream stream =
        stream(Long.parseLong(field(body, "replica")), Integer.parseInt(field(body, "epoch")));
    synchronized (stream) {
      if (stream.next <= last) {
        answer(exchange, 409, "{\"code\":\"gap\",\"expected_seq\":\"%d\"}".formatted(stream.next));
        return;
      }
      stream.last = last;
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static String field(String json, String name) {
    return json.replaceAll("(?s).*\"" + name + "\":\"?(\\w+)\"?.*", "$1");
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
