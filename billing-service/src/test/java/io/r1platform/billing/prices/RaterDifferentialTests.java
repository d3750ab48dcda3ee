package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The production rater against the naive one, on random charges over random books. The short form
 * is in every build; {@code ./r1 test rater} runs a million.
 */
class RaterDifferentialTests {
  private static final int CHARGES = Integer.getInteger("r1.rater.charges", 200_000);
  private static final int PER_BOOK = 2_000;
  private static final long SEED = Long.getLong("r1.rater.seed", 20_261_125L);

  private record Bucket(
      long tenant, long version, int model, Sku sku, int window, YearMonth month) {}

  private final Set<ZoneId> zones = new HashSet<>();
  private long differences;
  private long rated;
  private long inWindows;
  private long tiered;

  @Test
  void productionEqualsTheNaiveRaterToThePico() throws IOException {
    long begin = System.nanoTime();
    int books = (CHARGES + PER_BOOK - 1) / PER_BOOK;
    for (int i = 0; i < books; i++) {
      compare(SEED + i, Math.min(PER_BOOK, CHARGES - i * PER_BOOK));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    String line =
        String.format(
            Locale.ROOT,
            "rater charges=%d books=%d zones=%d differences=%d seconds=%.1f",
            CHARGES,
            books,
            zones.size(),
            differences,
            seconds);
    Path figures = Files.createDirectories(Path.of("target/figures")).resolve("rater.txt");
    Files.writeString(figures, line + "\n");
    assertThat(differences).as(line).isZero();
    assertThat(rated).as("charges that had a price").isGreaterThan(CHARGES / 3);
    assertThat(inWindows).as("charges in a window").isGreaterThan(CHARGES / 20);
    assertThat(tiered).as("sums with tiers").isGreaterThan(books);
  }

  private void compare(long seed, int count) {
    var random = new RandomBook(seed);
    random.versions.forEach(v -> v.windows().forEach(window -> zones.add(window.zone())));
    var book = new Book(random.versions, random.calendars);
    var naive = new NaiveRater(random.versions, random.calendars);
    var charges = new ArrayList<Charge>();
    for (int i = 0; i < count; i++) {
      Charge charge = random.charge();
      charges.add(charge);
      if (!same(naive.rate(charge), book.rate(charge))) {
        differences++;
      }
    }
    compareTiers(book, charges, seed);
  }

  private boolean same(Optional<NaiveRater.Answer> expected, Optional<Rated> actual) {
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

  /** The month's sums, whatever the order and the batches they came in, priced by both. */
  private void compareTiers(Book book, List<Charge> charges, long seed) {
    Map<Bucket, BigInteger> inOrder = sums(book, charges, charges.size());
    var shuffled = new ArrayList<>(charges);
    Collections.shuffle(shuffled, new Random(seed));
    if (!inOrder.equals(sums(book, shuffled, 1 + new Random(seed).nextInt(charges.size())))) {
      differences++;
    }
    inOrder.forEach(
        (bucket, tokens) -> {
          for (PriceVersion.Price price : book.version(bucket.version).orElseThrow().prices()) {
            Tiers tiers = price.tiers();
            if (tiers != null
                && price.modelId() == bucket.model
                && price.sku() == bucket.sku
                && price.window() == bucket.window) {
              tiered++;
              long unit = price.unit().value();
              BigInteger expected = pico(NaiveRater.tiered(tiers, tokens, unit));
              if (!expected.equals(tiers.total(tokens, unit))) {
                differences++;
              }
            }
          }
        });
  }

  private static Map<Bucket, BigInteger> sums(Book book, List<Charge> charges, int batch) {
    var total = new HashMap<Bucket, BigInteger>();
    for (int from = 0; from < charges.size(); from += batch) {
      var part = new HashMap<Bucket, BigInteger>();
      for (Charge charge : charges.subList(from, Math.min(charges.size(), from + batch))) {
        book.rate(charge).ifPresent(rated -> add(part, charge, rated));
      }
      part.forEach((bucket, tokens) -> total.merge(bucket, tokens, BigInteger::add));
    }
    return total;
  }

  private static void add(Map<Bucket, BigInteger> sums, Charge charge, Rated rated) {
    if (charge.batch()) {
      return; // batch prices have no tiers
    }
    int[] tokens = {charge.hit(), charge.miss(), charge.reasoning(), charge.answer()};
    Sku[] skus = {Sku.HIT, Sku.MISS, Sku.REASONING, Sku.ANSWER};
    YearMonth month = YearMonth.from(charge.admittedAt().atOffset(ZoneOffset.UTC));
    for (int i = 0; i < skus.length; i++) {
      var bucket =
          new Bucket(
              charge.tenantId(),
              rated.version().versionId(),
              charge.modelId(),
              skus[i],
              rated.window(),
              month);
      sums.merge(bucket, BigInteger.valueOf(tokens[i]), BigInteger::add);
    }
  }

  private static BigInteger pico(BigDecimal dollars) {
    return dollars.movePointRight(12).toBigIntegerExact();
  }
}
