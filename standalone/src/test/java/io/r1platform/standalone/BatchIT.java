package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A batch of 3,000 lines (50,000 in its long form) on the real engine, its gateway killed half-way:
 * every line is answered once and charged once, and the lines, the usage records and the ledger say
 * the same.
 */
@ExtendWith(PlatformExtension.class)
class BatchIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final boolean LONG = Boolean.getBoolean("r1.batch.long");
  private static final int LINES = LONG ? 50_000 : 3_000;
  private static final Duration LIMIT = LONG ? Duration.ofHours(2) : Platform.LIMIT;
  private static final int PROMPTS = 20;
  private static final String BOUNDARY = "r1-boundary";

  private final Platform platform;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  BatchIT(Platform platform) {
    this.platform = platform;
    this.key = platform.mintKey();
  }

  @Test
  void everyLineIsAnsweredAndChargedOnceThoughTheGatewayIsKilled(@TempDir Path directory)
      throws Exception {
    Set<UUID> ofOthers = batchRecords(); // other tests have run batches on this platform
    long begun = System.nanoTime();
    String batch = create(upload());
    int before = awaitHalf(batch);
    platform.awaitRestart(Part.API.service(), platform.kill(Part.API.service()));
    JsonNode ended = awaitEnd(batch);
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();

    assertThat(ended.at("/request_counts/completed").asInt()).isEqualTo(LINES);
    assertThat(ended.path("error_file_id").isNull()).isTrue();
    List<JsonNode> output =
        get("/v1/files/" + ended.path("output_file_id").asString() + "/content")
            .body()
            .lines()
            .map(JSON::readTree)
            .toList();
    Set<String> names = new HashSet<>();
    Map<UUID, BigInteger> told = new HashMap<>();
    for (JsonNode line : output) {
      names.add(line.path("custom_id").asString());
      told.put(UUID.fromString(line.at("/response/request_id").asString()), cost(line));
    }
    assertThat(output).hasSize(LINES);
    assertThat(names).hasSize(LINES);
    assertThat(told).hasSize(LINES);
    BigInteger quoted = quotedAgainst(output);

    Reconciliation clean = platform.reconciled();
    assertThat(clean.differences()).isEmpty();
    Map<UUID, BigInteger> charged = new HashMap<>(UsageFile.export(platform, directory).picos());
    Set<UUID> ours = batchRecords();
    ours.removeAll(ofOthers);
    charged.keySet().retainAll(ours);
    assertThat(charged).as("one charge for each line, and no other").isEqualTo(told);
    BigInteger sum = told.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    assertThat(usage()).isEqualTo(ledger());
    Figures.write(
        "batch",
        "lines=%d killed=1 before=%d answered=%d doubled=%d charged=%s cost=%s quoted=%s runs_lost=%d seconds=%d difference=%s"
            .formatted(
                LINES,
                before,
                output.size(),
                output.size() - names.size(),
                dollars(charged.values().stream().reduce(BigInteger.ZERO, BigInteger::add)),
                dollars(sum),
                dollars(quoted),
                lost(),
                seconds,
                clean.unexplained()));
  }

  private static String line(int number) {
    return """
        {"custom_id":"line-%d","method":"POST","url":"/v1/chat/completions","body":%s}
        """
        .formatted(number, body(number));
  }

  private static String body(int number) {
    return """
        {"model":"%s","messages":[{"role":"user","content":"Say %d."}],"max_tokens":4}"""
        .formatted(Platform.MODEL, number % PROMPTS);
  }

  private String upload() throws Exception {
    var content = new StringBuilder();
    content
        .append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n")
        .append("batch\r\n--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\";")
        .append(" filename=\"lines.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n");
    for (int number = 1; number <= LINES; number++) {
      content.append(line(number));
    }
    content.append("\r\n--" + BOUNDARY + "--\r\n");
    return id(post("/v1/files", "multipart/form-data; boundary=" + BOUNDARY, content.toString()));
  }

  private String create(String file) throws Exception {
    return id(
        post(
            "/v1/batches",
            "application/json",
            """
            {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h"}"""
                .formatted(file)));
  }

  /** How many had ended when it was half-way. */
  private int awaitHalf(String batch) {
    var seen = new AtomicReference<>(0);
    await(
        "half of the batch has ended",
        () -> {
          seen.set(see(batch).at("/request_counts/completed").asInt(0));
          return seen.get() >= LINES / 2;
        });
    assertThat(seen.get()).as("killed amid it").isLessThan(LINES);
    return seen.get();
  }

  private JsonNode awaitEnd(String batch) {
    var seen = new AtomicReference<JsonNode>();
    await(
        "the batch has ended",
        () -> {
          seen.set(see(batch));
          return seen.get().path("status").asString("").equals("completed");
        });
    return seen.get();
  }

  private static void await(String what, BooleanSupplier condition) {
    assertThat(Await.until(LIMIT, condition)).as(what).isTrue();
  }

  private JsonNode see(String batch) {
    try {
      return JSON.readTree(get("/v1/batches/" + batch).body());
    } catch (IOException e) { // the gateway is away
      return JSON.createObjectNode();
    }
  }

  /** What the batch price of the quotes is in all; each line cost at most its own. */
  private BigInteger quotedAgainst(List<JsonNode> output) throws Exception {
    List<BigInteger> quotes = new ArrayList<>();
    for (int number = 0; number < PROMPTS; number++) {
      JsonNode quote =
          JSON.readTree(
              post("/v1/quotes", "application/json", "{\"request\":" + body(number) + "}"));
      BigInteger maximum = pico(quote.at("/cost/maximum").asString());
      quotes.add(maximum.shiftRight(1)); // batches pay half of the list
    }
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode line : output) {
      int number = Integer.parseInt(line.path("custom_id").asString().substring(5));
      BigInteger quote = quotes.get(number % PROMPTS);
      assertThat(cost(line)).as(line.path("custom_id").asString()).isLessThanOrEqualTo(quote);
      sum = sum.add(quote);
    }
    return sum;
  }

  private static BigInteger cost(JsonNode line) {
    return pico(line.at("/response/body/usage/cost").asString());
  }

  private static BigInteger pico(String decimal) {
    return new BigDecimal(decimal).movePointRight(12).toBigIntegerExact();
  }

  private static String dollars(BigInteger pico) {
    return new BigDecimal(pico, 12).stripTrailingZeros().toPlainString();
  }

  /** Records of batches that were charged, of all there are. */
  private Set<UUID> batchRecords() {
    return new HashSet<>(
        database()
            .sql(
                "select event_id from billing.usage_record where flags & 8 = 8 and amount_pico > 0")
            .query(UUID.class)
            .list());
  }

  /** Runs of lines that were lost with the gateway, and cost nothing. */
  private long lost() {
    return database()
        .sql(
            """
            select count(*) from billing.usage_record
            where flags & 8 = 8 and finish = 6 and amount_pico = 0
            """)
        .query(Long.class)
        .single();
  }

  private BigInteger usage() {
    return sum("select coalesce(sum(amount_pico), 0) from billing.usage_record");
  }

  private BigInteger ledger() {
    return sum(
        """
        select coalesce(-sum(amount), 0) from billing.posted_entry
        where kind = 'USAGE' and account = 'revenue'
        """);
  }

  private BigInteger sum(String sql) {
    return database().sql(sql).query(BigDecimal.class).single().toBigIntegerExact();
  }

  private JdbcClient database() {
    return platform.database();
  }

  private HttpResponse<String> get(String path) throws IOException {
    return send(request(path).GET());
  }

  private String post(String path, String type, String body) throws IOException {
    HttpResponse<String> answer =
        send(request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(platform.url() + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + key);
  }

  private static String id(String answer) {
    return JSON.readTree(answer).path("id").asString();
  }
}
