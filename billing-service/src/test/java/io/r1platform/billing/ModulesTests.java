package io.r1platform.billing;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTests {
  @Test
  void useOneAnotherAsDeclared() {
    ApplicationModules.of(BillingApplication.class).verify();
  }
}
