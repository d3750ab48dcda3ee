package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Network;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.upstreams.Catalogue;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads what a key may do. Fields that are not sent leave a key what one usually has. */
@Component
final class RightsFields {
  private final Catalogue catalogue;

  RightsFields(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  Rights read(
      @Nullable List<String> scopes,
      @Nullable List<String> models,
      @Nullable List<String> networks) {
    if (scopes != null && scopes.isEmpty()) {
      throw invalid("scopes", "A key has one scope or more.");
    }
    return new Rights(
        scopes == null
            ? Rights.USUAL.scopes()
            : scopes.stream().map(RightsFields::scope).collect(Collectors.toSet()),
        models(models),
        networks == null
            ? List.of()
            : networks.stream().map(RightsFields::network).distinct().toList());
  }

  /** Names of models of this site, for names or aliases; null stays null. */
  @Nullable Set<String> models(@Nullable List<String> names) {
    return names == null ? null : names.stream().map(this::model).collect(Collectors.toSet());
  }

  private String model(String name) {
    return catalogue
        .canonical(name)
        .orElseThrow(() -> invalid("models", "This site has no model '%s'.".formatted(name)));
  }

  private static Scope scope(String name) {
    String known = Arrays.stream(Scope.values()).map(Scope::wire).collect(Collectors.joining(", "));
    return Scope.of(name)
        .orElseThrow(
            () -> invalid("scopes", "'%s' is none of the scopes %s.".formatted(name, known)));
  }

  private static Network network(String text) {
    try {
      return Network.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw invalid("networks", e.getMessage() + ".");
    }
  }

  private static ServiceException invalid(String field, String message) {
    return ServiceException.about(ErrorCode.INVALID_VALUE, field, message);
  }
}
