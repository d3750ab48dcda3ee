package io.r1platform.standalone.home;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the last {@code up} was asked for. Kept in {@code run/instance.json}, so that every other
 * command finds the ports without being told.
 *
 * @param root the checkout whose jars run
 * @param ports where they listen
 */
public record Instance(Path root, Ports ports) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Remembers this instance. */
  public void save(Home home) {
    Home.write(file(home), JSON.writeValueAsString(this));
  }

  /**
   * The instance of the last {@code up}, if there was one.
   *
   * @throws IllegalStateException naming the file, if it is not whole
   */
  public static Optional<Instance> load(Home home) {
    Path file = file(home);
    try {
      return Files.exists(file)
          ? Optional.ofNullable(JSON.readValue(Files.readString(file), Instance.class))
          : Optional.empty();
    } catch (JacksonException e) {
      throw new IllegalStateException(
          file + " is damaged; ./r1 down, then ./r1 up writes it anew", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static Path file(Home home) {
    return home.run().resolve("instance.json");
  }
}
