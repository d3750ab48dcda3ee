package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A main class for {@link SoakFigures}: models are loaded and unloaded at random while requests run
 * and are cancelled at random. A round ends with nothing loaded; only then memory is read, so that
 * all readings are of the same state.
 */
final class Soak {
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("r1.soak.seconds", 60));
  private static final int TURNS = 400;
  private static final int MODELS_AT_ONCE = 3;

  /** One of so many turns loads a model, or unloads one. */
  private static final int TURNS_PER_LOAD = 40;

  private final Random random = new Random(29);
  private final List<Path> models;
  private final SoakCounts counts = new SoakCounts();

  private Soak(List<Path> models) {
    this.models = models;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("r1-soak-");
    try {
      new Soak(models(directory)).run(LENGTH);
    } finally {
      HostileFiles.delete(directory);
    }
  }

  private static List<Path> models(Path directory) {
    List<Path> models = new ArrayList<>(List.of(Fixture.MODEL));
    for (RandomGguf.Architecture architecture : RandomGguf.Architecture.values()) {
      Path file = directory.resolve(architecture + ".gguf");
      RandomGguf.write(file, architecture, RandomGguf.SMALL_VOCABULARY, 7);
      models.add(file);
    }
    if (Files.exists(NANO)) {
      models.add(NANO);
    }
    return models;
  }

  private void run(Duration length) throws IOException {
    long begun = System.nanoTime();
    List<Long> residentKib = new ArrayList<>();
    do {
      round();
      residentKib.add(ManyRequests.residentKib());
    } while (System.nanoTime() - begun < length.toNanos());
    List<Long> warm = residentKib.subList(residentKib.size() / 4, residentKib.size());
    int third = Math.max(1, warm.size() / 3);
    System.out.printf(
        "%s rounds %d first %d last %d%n",
        counts,
        residentKib.size(),
        median(warm.subList(0, third)),
        median(warm.subList(warm.size() - third, warm.size())));
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private void round() {
    List<SoakedEngine> loaded = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      boolean changes = random.nextInt(TURNS_PER_LOAD) == 0;
      if (loaded.isEmpty() || (changes && loaded.size() < MODELS_AT_ONCE && random.nextBoolean())) {
        loaded.add(SoakedEngine.load(models.get(random.nextInt(models.size())), random, counts));
      } else if (changes) {
        loaded.remove(random.nextInt(loaded.size())).unload();
      }
      loaded.forEach(SoakedEngine::turn);
    }
    loaded.forEach(SoakedEngine::unload);
  }
}
