package io.r1platform.inference.models;

import java.util.List;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The models to serve.
 *
 * @param models those loaded at the start, at least one; the first is the default of callers in
 *     this process
 * @param modelsMax most models at the same time, those loaded later included
 */
@ConfigurationProperties("r1.inference")
record ModelSettings(List<ModelPlan> models, @DefaultValue("8") int modelsMax) {
  ModelSettings {
    Objects.requireNonNull(models, "r1.inference.models[0].path must be set");
    models = List.copyOf(models);
    if (models.isEmpty() || models.size() > modelsMax) {
      throw new IllegalArgumentException(
          "r1.inference.models must be 1 to r1.inference.models-max, which is " + modelsMax);
    }
  }
}
