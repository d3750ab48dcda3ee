package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.models.ModelPlan;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Loads and unloads models while others are served. Both only begin: {@code GET /v1/models/{id}}
 * tells how far they are.
 */
@RestController
final class LoadsController {
  private static final int MAX_OUTPUT_TOKENS = 65_536;
  private static final int DEFAULT_MAX_TOKENS = 32_768;

  private final Engines engines;

  LoadsController(Engines engines) {
    this.engines = engines;
  }

  /** As {@link ModelPlan}; only path, name and number have no defaults. */
  record Load(
      @Nullable String path,
      @Nullable String name,
      @Nullable Integer model_id,
      @Nullable Integer max_output_tokens,
      @Nullable Integer default_max_tokens,
      @Nullable Integer context_tokens,
      @Nullable Integer max_running) {
    ModelPlan plan() {
      int maxOutput = or(max_output_tokens, MAX_OUTPUT_TOKENS);
      try {
        return new ModelPlan(
            Path.of(required("path", path)),
            required("name", name),
            required("model_id", model_id),
            maxOutput,
            or(default_max_tokens, Math.min(DEFAULT_MAX_TOKENS, maxOutput)),
            or(context_tokens, 0),
            or(max_running, 0));
      } catch (InvalidPathException _) {
        throw ServiceException.invalidValue("path", "'path' is no path.");
      } catch (IllegalArgumentException e) {
        throw ServiceException.of(ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()));
      }
    }

    private static int or(@Nullable Integer value, int otherwise) {
      return value == null ? otherwise : value;
    }

    private static <T> T required(String name, @Nullable T value) {
      if (value == null) {
        throw ServiceException.ofParam(
            ErrorCode.MISSING_PARAMETER, name, "'%s' is missing.".formatted(name));
      }
      return value;
    }
  }

  @PostMapping("/v1/models")
  ResponseEntity<Map<String, String>> load(@RequestBody Load load) {
    ModelPlan plan = load.plan();
    engines.load(plan);
    return ResponseEntity.status(HttpStatus.ACCEPTED)
        .location(URI.create("/v1/models/" + plan.name()))
        .body(Map.of("id", plan.name(), "object", "model", "state", "loading"));
  }

  @DeleteMapping("/v1/models/{id}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void unload(@PathVariable String id) {
    engines.unload(id);
  }
}
