package io.r1platform.standalone.models;

import io.r1platform.standalone.models.RegisteredModel.Description;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/**
 * inference-service's own check of a model, in a process of its own: what it takes here it also
 * loads, and a file that is made to harm a reader harms no other one.
 */
public final class Inspection {
  private static final String CHECK = "io.r1platform.inference.generation.ModelCheck";
  private static final String LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";
  private static final int REFUSED = 2;

  private final Path jar;

  /** By inference-service's executable jar. */
  public Inspection(Path jar) {
    this.jar = jar;
  }

  /**
   * What a file or directory is.
   *
   * @param contextTokens longest context to reckon memory for, 0 = the model's
   * @throws ModelRefused saying what is wrong and what would be right
   */
  public Description of(Path path, int contextTokens) {
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Dloader.main=" + CHECK,
                  "-cp",
                  jar.toString(),
                  LAUNCHER,
                  path.toString(),
                  Integer.toString(contextTokens))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit == REFUSED) {
        throw new ModelRefused(text.strip());
      }
      if (exit != 0) {
        throw new IllegalStateException("the check of " + path + " ended with exit code " + exit);
      }
      return JsonMapper.shared().readValue(text, Description.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot check " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
