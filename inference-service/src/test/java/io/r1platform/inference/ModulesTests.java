package io.r1platform.inference;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

final class ModulesTests {
  @Test
  void modulesUseOnlyWhatTheyDeclare() {
    ApplicationModules.of(InferenceService.class).verify();
  }
}
