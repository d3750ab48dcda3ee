package io.r1platform.prompts;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model may call.
 *
 * @param name letters, digits, {@code _} and {@code -}; 64 at most
 * @param description what it does, or null
 * @param parameters the JSON Schema of its arguments, of type object
 */
public record Tool(String name, @Nullable String description, String parameters) {
  /** Checks the name. */
  public Tool {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("A tool's name has 1 to 64 letters, digits, _ or -");
    }
    Objects.requireNonNull(parameters, "parameters");
  }
}
