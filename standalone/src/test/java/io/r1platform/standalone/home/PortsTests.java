package io.r1platform.standalone.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTests {
  @Test
  void haveTheDefaultsOfTheContract() {
    var ports = Ports.from(Map.of());

    assertThat(ports.byName())
        .containsOnly(
            Map.entry(Ports.Name.API, 8080),
            Map.entry(Ports.Name.API_MANAGEMENT, 8081),
            Map.entry(Ports.Name.INFERENCE, 8090),
            Map.entry(Ports.Name.INFERENCE_MANAGEMENT, 8091),
            Map.entry(Ports.Name.BILLING, 8070),
            Map.entry(Ports.Name.BILLING_MANAGEMENT, 8071),
            Map.entry(Ports.Name.POSTGRES, 15_432));
    assertThat(ports.url(Ports.Name.API)).isEqualTo("http://127.0.0.1:8080");
    assertThat(ports.databaseUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:15432/r1");
  }

  @Test
  void areMovedByTheEnvironmentAndByAnOption() {
    var ports = Ports.from(Map.of("R1_API_PORT", "9000", "R1_POSTGRES_PORT", " 5433 "));

    assertThat(ports.of(Ports.Name.API)).isEqualTo(9000);
    assertThat(ports.of(Ports.Name.POSTGRES)).isEqualTo(5433);
    assertThat(ports.with(Ports.Name.API, 9001).of(Ports.Name.API)).isEqualTo(9001);
  }

  @Test
  void areRefusedWithTheNameOfTheVariable() {
    assertThatThrownBy(() -> Ports.from(Map.of("R1_API_PORT", "many")))
        .hasMessageContaining("R1_API_PORT")
        .hasMessageContaining("many");
    assertThatThrownBy(() -> Ports.from(Map.of("R1_BILLING_PORT", "70000")))
        .hasMessageContaining("R1_BILLING_PORT");
    assertThatThrownBy(() -> Ports.from(Map.of("R1_API_PORT", "8070")))
        .hasMessageContaining("same port");
  }

  @Test
  void areDifferentWhenTheyAreFree() {
    var ports = Ports.free().byName();

    assertThat(new HashSet<>(ports.values())).hasSize(Ports.Name.values().length);
  }
}
