package io.r1platform.eval.sets;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.runs.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a generated set before a run, and, after it, the seed.
 *
 * @param commitment SHA-256 of recipe and seed
 * @param recipe how the set is made
 * @param problemsSha256 of the file of problems
 * @param createdAt by the clock of the machine that made it, which proves nothing by itself
 * @param seed 64 hexadecimal digits; null as long as it is not revealed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Commitment(
    String commitment,
    Recipe recipe,
    String problemsSha256,
    Instant createdAt,
    @Nullable String seed) {
  private static final int SEED_BYTES = 32;
  private static final String SUFFIX = ".commitment.json";

  /**
   * Makes a set: the problems, their commitment beside them, and the seed in a file that only its
   * owner may read.
   *
   * @param seed null = a new one
   */
  public static Commitment make(Recipe recipe, Path file, @Nullable String seed, Instant now) {
    String chosen = seed == null ? fresh() : seed;
    if (!chosen.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("a seed is 64 hexadecimal digits, in small letters");
    }
    byte[] problems = recipe.make(chosen);
    var commitment =
        new Commitment(recipe.commitment(chosen), recipe, ProblemFile.sha256(problems), now, null);
    try {
      Path secret = seedFile(file);
      Files.deleteIfExists(secret);
      Files.createFile(
          secret,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(secret, chosen + "\n");
      Files.write(file, problems);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
    Json.write(beside(file), Json.pretty(commitment));
    return commitment;
  }

  /** What was committed to for a file of problems, if it is a generated one. */
  public static Optional<Commitment> of(Path file, String problemsSha256) {
    if (!Files.exists(beside(file))) {
      return Optional.empty();
    }
    Commitment commitment = Json.read(beside(file), Commitment.class);
    if (!commitment.problemsSha256.equals(problemsSha256)) {
      throw new IllegalArgumentException(
          file + " is not the file that " + beside(file).getFileName() + " commits to");
    }
    return Optional.of(commitment);
  }

  /** The same with its seed, if the file of it is there. */
  public Commitment revealed(Path file) {
    try {
      return Files.exists(seedFile(file)) ? with(Files.readString(seedFile(file)).strip()) : this;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + seedFile(file), e);
    }
  }

  private Commitment with(String revealed) {
    return new Commitment(commitment, recipe, problemsSha256, createdAt, revealed);
  }

  /** The file in which it lies. */
  public static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + SUFFIX);
  }

  /** The file of the seed. */
  public static Path seedFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".seed");
  }

  private static String fresh() {
    byte[] bytes = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
