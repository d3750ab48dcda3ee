package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.prices.GatewayRater;
import io.r1platform.api.prices.Tokens;
import io.r1platform.billing.adjustments.MonthEnd;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The production raters against a naive one, on random charges over random books: billing's, the
 * gateway's (by billing's answer as it is on the wire), and the month's tiers. The short form is in
 * every build; {@code ./r1 test rater} runs a million charges.
 */
class RaterDifferentialTests {
  private static final int CHARGES = Integer.getInteger("r1.rater.charges", 200_000);
  private static final int PER_BOOK = 2_000;
  private static final long SEED = Long.getLong("r1.rater.seed", 20_261_125L);
  private static final JsonMapper WIRE =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Set<ZoneId> zones = new HashSet<>();
  private long differences;
  private long rated;
  private long inWindows;
  private long atGateways;
  private long months;
  private long adjusted;

  @Test
  void productionEqualsTheNaiveRaterToThePico() throws IOException {
    long begin = System.nanoTime();
    int books = (CHARGES + PER_BOOK - 1) / PER_BOOK;
    for (int i = 0; i < books; i++) {
      compare(new RandomBook(SEED + i), Math.min(PER_BOOK, CHARGES - i * PER_BOOK));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    String line =
        String.format(
            Locale.ROOT,
            "rater charges=%d books=%d zones=%d gateway=%d tier_months=%d adjusted=%d"
                + " differences=%d seconds=%.1f",
            CHARGES,
            books,
            zones.size(),
            atGateways,
            months,
            adjusted,
            differences,
            seconds);
    Path figures = Files.createDirectories(Path.of("target/figures")).resolve("rater.txt");
    Files.writeString(figures, line + "\n");
    assertThat(differences).as(line).isZero();
    assertThat(rated).as("charges that had a price").isGreaterThan(CHARGES / 3);
    assertThat(inWindows).as("charges in a window").isGreaterThan(CHARGES / 20);
    assertThat(atGateways).as("of them at gateways").isGreaterThan(CHARGES / 5);
    assertThat(adjusted).as("months that tiers changed").isGreaterThan(10L * books);
  }

  private void compare(RandomBook random, int count) {
    random.versions.forEach(v -> v.windows().forEach(window -> zones.add(window.zone())));
    var book = new Book(random.versions, random.calendars);
    var gateway = new GatewayRater(answer(random));
    var naive = new NaiveRater(random.versions, random.calendars);
    var month = new NaiveMonth(random.versions);
    for (int i = 0; i < count; i++) {
      Charge charge = random.charge();
      Optional<NaiveRater.Answer> expected = naive.rate(charge);
      if (!isSame(expected, book.rate(charge)) || !isSameAtGateway(expected, gateway, charge)) {
        differences++;
      }
      expected.ifPresent(answer -> month.add(charge, answer));
    }
    month.tiered().forEach(this::compareMonth);
  }

  private static String answer(RandomBook random) {
    return WIRE.writeValueAsString(
        new PricesController.Answer(
            Instant.EPOCH,
            random.versions.stream().map(PricesController.Version::of).toList(),
            PricesController.calendars(random.calendars)));
  }

  private boolean isSame(Optional<NaiveRater.Answer> expected, Optional<Rated> actual) {
    if (expected.isEmpty() || actual.isEmpty()) {
      return expected.isEmpty() && actual.isEmpty();
    }
    NaiveRater.Answer answer = expected.get();
    Rated production = actual.get();
    rated++;
    inWindows += production.window() == 0 ? 0 : 1;
    return answer.versionId() == production.version().versionId()
        && answer.window() == production.window()
        && pico(answer.dollars()).equals(BigInteger.valueOf(production.amountPico()));
  }

  private boolean isSameAtGateway(
      Optional<NaiveRater.Answer> expected, GatewayRater gateway, Charge charge) {
    var tokens = new Tokens(charge.hit(), charge.miss(), charge.reasoning(), charge.answer());
    Optional<GatewayRater.Charged> actual =
        gateway.rate(
            charge.tenantId(), charge.modelId(), charge.admittedAt(), charge.batch(), tokens);
    if (expected.isEmpty() || actual.isEmpty()) {
      return expected.isEmpty() && actual.isEmpty();
    }
    NaiveRater.Answer answer = expected.get();
    GatewayRater.Charged charged = actual.get();
    atGateways++;
    return answer.versionId() == charged.versionId()
        && answer.window() == charged.window()
        && pico(answer.dollars()).equals(BigInteger.valueOf(charged.amountPico()))
        && charged.heldPico() >= charged.amountPico();
  }

  private void compareMonth(List<NaiveMonth.Part> parts) {
    var production = new MonthEnd();
    parts.forEach(part -> production.add(part.tokens(), part.price()));
    BigInteger expected = NaiveMonth.difference(parts);
    months++;
    adjusted += expected.signum() == 0 ? 0 : 1;
    differences += expected.equals(production.difference()) ? 0 : 1;
  }

  private static BigInteger pico(BigDecimal dollars) {
    return dollars.movePointRight(NaiveRater.PICO_DIGITS).toBigIntegerExact();
  }
}
