package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.limits.LimitSet;
import io.r1platform.api.upstreams.Catalogue;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Names of models on the wire, their ids inside. */
@Component
final class ModelNames {
  private final Catalogue catalogue;

  ModelNames(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** The id of a name or alias. */
  int id(String name) {
    return catalogue
        .idOf(name)
        .orElseThrow(
            () ->
                ServiceException.about(
                    ErrorCode.INVALID_VALUE,
                    "model",
                    "This site has no model '%s'.".formatted(name)));
  }

  /** The name of an id; null of all models together. */
  @Nullable String name(int id) {
    return id == LimitSet.ALL_MODELS ? null : catalogue.nameOf(id).orElse(Integer.toString(id));
  }
}
