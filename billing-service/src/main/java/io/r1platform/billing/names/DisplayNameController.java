package io.r1platform.billing.names;

import io.r1platform.billing.errors.ServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where gateways say what projects and API keys are called, as often as they like. */
@RestController
class DisplayNameController {
  private static final int MOST = 500;

  record Said(@Nullable List<@Nullable DisplayName> names) {}

  /** How many of them are no names and were left out. */
  record Taken(int refused) {}

  private final DisplayNames names;

  DisplayNameController(DisplayNames names) {
    this.names = names;
  }

  @PostMapping("/internal/v1/display-names")
  Taken take(@RequestBody Said said) {
    if (said.names == null || said.names.size() > MOST || said.names.contains(null)) {
      throw ServiceException.invalidRequest("'names' has up to %d names.".formatted(MOST));
    }
    return new Taken(names.take(List.copyOf(said.names)));
  }
}
