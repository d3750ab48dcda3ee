package io.r1platform.inference.models;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: whether a model is ready and the process does not drain. */
@Component("modelHealthIndicator")
final class ModelHealth implements HealthIndicator {
  private final Models models;

  ModelHealth(Models models) {
    this.models = models;
  }

  @Override
  public Health health() {
    List<ServedModel> all = models.all();
    boolean dead =
        !all.isEmpty()
            && all.stream().allMatch(model -> model.state() instanceof ServedModel.Failed);
    var health = models.wanted() ? Health.up() : dead ? Health.down() : Health.outOfService();
    all.forEach(model -> health.withDetail(model.name(), detail(model.state())));
    return health.build();
  }

  private static String detail(ServedModel.State state) {
    return switch (state) {
      case ServedModel.Loading _ -> "loading";
      case ServedModel.Ready _ -> "ready";
      case ServedModel.Unloading _ -> "unloading";
      case ServedModel.Failed failed -> "failed: " + failed.why();
    };
  }
}
