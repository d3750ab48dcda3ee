package io.r1platform.api;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModuleTests {

  @Test
  void modulesKeepTheirBorders() {
    ApplicationModules.of(ApiApplication.class).verify();
  }
}
