package io.r1platform.inference.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** Memory of NVIDIA's processors, as their own program tells it. */
final class GraphicsMemory {
  private static final long MEBI = 1L << 20;

  private GraphicsMemory() {}

  /** Of all processors together, in bytes; empty where none is seen. */
  static OptionalLong bytes() {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? sum(text) : OptionalLong.empty();
    } catch (IOException e) { // no such program
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }

  /** Of mebibytes, one number a line. */
  static OptionalLong sum(String text) {
    long sum =
        text.lines()
            .map(String::strip)
            .filter(line -> line.matches("\\d{1,12}"))
            .mapToLong(Long::parseLong)
            .sum();
    return sum == 0 ? OptionalLong.empty() : OptionalLong.of(sum * MEBI);
  }
}
