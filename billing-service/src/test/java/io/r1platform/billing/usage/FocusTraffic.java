package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Requests under a contract with off-peak hours and every kind of tier, and their corrections. */
public final class FocusTraffic {
  private static final int PROJECT_LOW = 36;
  private static final int WINDOW = 92;
  private static final int OFF_PEAK_ENDS = 8;

  /** Per window: HIT, MISS, REASONING, ANSWER. */
  private static final long[][] UNITS = {
    {130_000, 500_000, 2_000_000, 2_000_001}, {65_000, 250_000, 1_000_000, 1_000_001}
  };

  private final BillingFixture billing;
  private final Contracts contracts;
  private final Random random;
  private final Map<Long, String> contractHashes = new HashMap<>();
  private long replica = 70_000;

  public FocusTraffic(BillingFixture billing, Random random) {
    this.billing = billing;
    this.contracts = new Contracts(billing);
    this.random = random;
  }

  /** Publishes the contract of an organization, from then on. */
  public void contract(long tenant, Instant from) {
    String made =
        contracts
            .post(
                "/internal/v1/prices/drafts",
                """
                {"command_id": "%s", "from_version_id": "1", "valid_from": "%s",
                 "card": {"name": "Contract %d", "currency": "USD", "organization_id": "%d"}}
                """
                    .formatted(UUID.randomUUID(), from, tenant, tenant))
            .json()
            .path("version")
            .path("version_id")
            .asString();
    Answer edited =
        contracts.post(
            "/internal/v1/prices/drafts/" + made,
            """
            {"revision": 1, "valid_from": "%s", "windows": [{"window": 1, "code": "offpeak",
              "from": "00:00", "to": "08:00", "zone": "UTC", "days": [1, 2, 3, 4, 5, 6, 7]}],
             "prices": [%s, %s]}
            """
                .formatted(
                    from,
                    prices(
                        0,
                        Map.of(
                            "ANSWER",
                            steps("GRADUATED", 20_000, 1_500_000, 60_000, 1_000_003),
                            "REASONING",
                            steps("VOLUME", 30_000, 1_800_007, 9_000_000, 1),
                            "MISS",
                            "{\"kind\": \"PACKAGE\", \"block\": \"100000\"}")),
                    prices(1, Map.of())));
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    contracts.publish(made);
    contractHashes.put(
        tenant, billing.get("/internal/v1/prices/versions/" + made).text("content_sha256"));
  }

  private static String steps(String kind, long from, long unit, long next, long last) {
    return """
    {"kind": "%s", "steps": [{"from": "%d", "unit_pico": "%d"}, {"from": "%d", "unit_pico": "%d"}]}
    """
        .formatted(kind, from, unit, next, last);
  }

  private static String prices(int window, Map<String, String> tiers) {
    var lines = new StringBuilder();
    for (int place = 0; place < UNITS[window].length; place++) {
      String sku = List.of("HIT", "MISS", "REASONING", "ANSWER").get(place);
      lines
          .append(place == 0 ? "" : ", ")
          .append(
              """
              {"model_id": 2, "sku": "%s", "window": %d, "unit_pico": "%d", "list_pico": "2190001",
               "tiers": %s}
              """
                  .formatted(sku, window, UNITS[window][place], tiers.getOrDefault(sku, "null")));
    }
    return lines.toString();
  }

  /** Charges a random request by that contract, now and then as a line of a batch. */
  public void charge(long tenant, Instant at, boolean batch) {
    assertThat(post(charged(tenant, at, batch))).contains("ACCEPTED");
  }

  private UsageRecord charged(long tenant, Instant at, boolean batch) {
    int window = at.atOffset(ZoneOffset.UTC).getHour() < OFF_PEAK_ENDS ? 1 : 0;
    int[] tokens = {
      random.nextInt(9_000), random.nextInt(9_000), 1 + random.nextInt(9_000), random.nextInt(9_000)
    };
    UsageRecord record =
        new Samples(random, contractHashes.getOrDefault(tenant, ""), at)
            .at(at, tenant, tokens[0], tokens[1], tokens[2], tokens[3]);
    long amount = 0;
    for (int place = 0; place < tokens.length; place++) {
      long unit = UNITS[window][place];
      amount += tokens[place] * (batch ? unit / 2 + unit % 2 : unit);
    }
    UsageRecord priced = batch ? Samples.ofBatch(record) : record;
    priced = Samples.withAmount(Samples.withInt(priced, WINDOW, window), amount);
    return Samples.withInt(priced, PROJECT_LOW, (int) tenant * 10 + random.nextInt(2));
  }

  /** Charges a request at the public list. */
  public void list(long tenant, Instant at, int hit, int miss, int reasoning, int answer) {
    assertThat(post(listed(tenant, at, hit, miss, reasoning, answer))).contains("ACCEPTED");
  }

  /** A request that comes when it is too late to be posted, and is confirmed by a person. */
  public void confirm(long tenant, Instant at) {
    confirm(listed(tenant, at, 1_000, 2_000, 3_000, 4_001));
  }

  /** The same, of a request by the contract. */
  public void confirmCharged(long tenant, Instant at) {
    confirm(charged(tenant, at, false));
  }

  private void confirm(UsageRecord record) {
    assertThat(post(record)).contains("LATE");
    JsonNode held = billing.get("/internal/v1/held").json().path("records");
    String id = held.path(0).path("id").asString();
    Answer decided =
        contracts.post(
            "/internal/v1/held/" + id + "/decision",
            "{\"decision\": \"confirm\", \"why\": \"seen\", \"by\": \"ada\"}");
    assertThat(decided.status()).as(decided.body()).isEqualTo(204);
  }

  /** Gives an organization's requests of that time another price, by a contract of later. */
  public void rerate(long tenant, Instant from, Instant to, Instant later, long unit) {
    String id = contracts.draft(tenant, later, unit, Map.of());
    contracts.publish(id);
    String range = "\"from\": \"%s\", \"to\": \"%s\"".formatted(from, to);
    Answer preview =
        contracts.post("/internal/v1/prices/versions/" + id + "/preview", "{" + range + "}");
    assertThat(preview.text("changed")).as(preview.body()).isNotEqualTo("0");
    Answer done =
        contracts.post(
            "/internal/v1/prices/versions/" + id + "/rerate",
            "{\"command_id\": \"%s\", \"actor\": \"ada\", \"reason\": \"agreed\", %s,"
                    .formatted(UUID.randomUUID(), range)
                + " \"preview\": \"%s\"}".formatted(preview.text("preview")));
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    Answer closed =
        contracts.post(
            "/internal/v1/prices/versions/" + id + "/close",
            "{\"valid_until\": \"%s\"}".formatted(later.plus(Duration.ofHours(1))));
    assertThat(closed.status()).as(closed.body()).isEqualTo(200);
  }

  private UsageRecord listed(
      long tenant, Instant at, int hit, int miss, int reasoning, int answer) {
    return new Samples(random, billing.priceSha256(), at)
        .at(at, tenant, hit, miss, reasoning, answer);
  }

  private String post(UsageRecord record) {
    LocalDate day = LocalDate.ofInstant(record.admittedAt(), ZoneOffset.UTC);
    billing
        .sql()
        .sql("select make_usage_partitions(?::date)")
        .param(day)
        .query((row, number) -> true)
        .single();
    Answer answer = billing.postBatch(Samples.batch(++replica, 1, 1, List.of(record)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }
}
