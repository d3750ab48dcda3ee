package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.tenants.OrganizationView;
import io.r1platform.api.tenants.Tenants;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The weight of an organization, as the engine hears it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WeightsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

  private final Gateway gateway = new Gateway(Map.of());

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void aNewWeightHoldsForKeysInMemoryToo() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 0, "stop") + DONE));
    assertThat(weightOfNext()).isEqualTo("3");
    Tenants tenants = gateway.api.bean(Tenants.class);
    OrganizationView seen = tenants.organization(gateway.organizationId);
    assertThat(tenants.weigh(seen.id(), seen.version(), 7).weight()).isEqualTo(7);
    Await.until("the new weight", () -> weightOfNext().equals("7"));
  }

  private String weightOfNext() {
    assertThat(gateway.chat(STREAM).statusCode()).isEqualTo(200);
    return gateway.engine.chats().getLast().header("x-r1-weight");
  }
}
