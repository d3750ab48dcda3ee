package io.r1platform.engine;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Jazzer's target for GGUF metadata, libFuzzer for the JVM: the first byte chooses a good file to
 * change by {@link GgufEdits}, or that the others are a file themselves. Nothing but a plain
 * refusal comes out of {@link ModelFileCheck}. As a main class it fuzzes, or with {@code load}
 * opens what the check took of the inputs that were kept, each of which reached something new.
 */
public final class MetadataFuzz {
  static final String OPENING = "opening ";
  static final String LAST_WORD = "opened ";
  private static final Path DIRECTORY = Path.of(System.getProperty("r1.fuzz.directory", ""));
  private static final Path INPUTS = DIRECTORY.resolve("inputs");
  private static final Path FILE = DIRECTORY.resolve("model.gguf");
  private static final int ARCHITECTURES = 3;
  private static final List<GgufEdits> GOOD = good();

  private MetadataFuzz() {}

  /** Called by Jazzer with each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 0) {
      isTaken(input);
    }
  }

  /** Writes the file's head and asks the check; {@code FILE} holds it afterwards. */
  private static boolean isTaken(byte[] input) {
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    int choice = Byte.toUnsignedInt(input[0]) % (ARCHITECTURES + 1);
    write(choice == ARCHITECTURES ? rest : GOOD.get(choice).head(rest));
    try {
      ModelFileCheck.check(FILE);
      return true;
    } catch (EngineException refused) {
      if (refused.status() != EngineStatus.MODEL
          || String.valueOf(refused.getMessage()).isBlank()) {
        throw refused;
      }
      return false;
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String seconds = System.getProperty("r1.fuzz.seconds", "10");
    if (Boolean.getBoolean("r1.fuzz.load")) {
      load(Duration.ofSeconds(Long.parseLong(seconds)));
      return;
    }
    Files.createDirectories(INPUTS);
    for (int i = 0; i <= ARCHITECTURES; i++) {
      Files.write(INPUTS.resolve("seed-" + i), new byte[] {(byte) i, 0, 1, 2, 3});
    }
    Jazzer.main(
        new String[] {
          "--target_class=" + MetadataFuzz.class.getName(),
          "--instrumentation_includes=io.r1platform.engine.ModelFileCheck*:"
              + "io.r1platform.engine.Gguf*",
          "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
          "--reproducer_path=" + DIRECTORY,
          "-artifact_prefix=" + DIRECTORY + "/",
          "-max_total_time=" + seconds,
          "-timeout=20",
          "-max_len=4096",
          INPUTS.toString()
        });
  }

  /** Opens what the check takes of the kept inputs, then of random changes, until the time ends. */
  private static void load(Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    int opened = 0;
    try (Stream<Path> inputs = Files.list(INPUTS)) {
      for (Path input : inputs.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(input);
        opened += bytes.length > 0 && opens(bytes) ? 1 : 0;
      }
    }
    Random random = new Random(Long.getLong("r1.fuzz.seed", 1));
    while (System.nanoTime() < end) {
      byte[] bytes = new byte[5 + 4 * random.nextInt(3)];
      random.nextBytes(bytes);
      bytes[0] = (byte) random.nextInt(ARCHITECTURES);
      opened += opens(bytes) ? 1 : 0;
    }
    System.out.println(LAST_WORD + opened);
  }

  /** Says the input first, so that the last one said is what ended the process. */
  private static boolean opens(byte[] input) throws IOException {
    if (!isTaken(input)) {
      return false;
    }
    System.out.println(OPENING + HexFormat.of().formatHex(input));
    int choice = Byte.toUnsignedInt(input[0]) % (ARCHITECTURES + 1);
    if (choice < ARCHITECTURES) {
      write(GOOD.get(choice).file(Arrays.copyOfRange(input, 1, input.length)));
    }
    return opens();
  }

  private static boolean opens() {
    EngineOptions options =
        EngineOptions.defaults(FILE)
            .withRequests(1, 1)
            .withContextTokens(256)
            .withMemoryBytesMax(64 << 20);
    try (Engine engine = Engine.open(options)) {
      engine.awaitReady(Duration.ofSeconds(60));
      engine.submit(GenerationRequest.greedy(1, engine.tokenize("a b"), 3));
      Generated.one(engine, 1);
      return true;
    } catch (EngineException refused) {
      System.out.println(refused.getMessage());
      return false;
    }
  }

  private static void write(byte[] bytes) {
    try {
      Files.write(FILE, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<GgufEdits> good() {
    try {
      Files.createDirectories(DIRECTORY);
      RandomGguf.write(FILE, RandomGguf.Architecture.QWEN2, RandomGguf.SMALL_VOCABULARY, 7);
      GgufEdits qwen = new GgufEdits("qwen2", Files.readAllBytes(FILE));
      RandomGguf.write(FILE, RandomGguf.Architecture.LLAMA, RandomGguf.SMALL_VOCABULARY, 7);
      GgufEdits llama = new GgufEdits("llama", Files.readAllBytes(FILE));
      return List.of(new GgufEdits("deepseek2", Files.readAllBytes(Fixture.MODEL)), qwen, llama);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
