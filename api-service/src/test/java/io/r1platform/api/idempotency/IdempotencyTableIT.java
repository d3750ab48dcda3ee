package io.r1platform.api.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.RunningApi;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdempotencyTableIT {

  @Test
  void keepsRowsForADayAndOneRunsEndOnly() {
    try (RunningApi api = RunningApi.start(TestDatabase.create(), Map.of())) {
      Tenants tenants = api.bean(Tenants.class);
      long organization = tenants.createOrganization("Acme", 1).id();
      long project = tenants.createProject(organization, "Chat").id();
      IdempotencyTable table = api.bean(IdempotencyTable.class);
      Instant now = RunningApi.START;
      Instant expired = now.minus(Duration.ofHours(24));
      KeyedRequest old = request(project, "old");
      KeyedRequest young = request(project, "young");
      UUID run = new UUID(1, 1);
      assertThat(table.insert(old, run, "1.1", expired, expired)).isTrue();
      assertThat(table.insert(young, run, "1.1", now, expired)).isTrue();
      assertThat(table.insert(young, new UUID(1, 2), "1.1", now, expired)).isFalse();
      assertThat(table.find(old, expired)).isEmpty();
      assertThat(table.finish(young, new UUID(1, 2), "1", null)).isFalse();
      assertThat(table.finish(young, run, "1", new byte[] {7, 7})).isTrue();
      assertThat(table.finish(young, run, "2", null)).isFalse();
      table.remove(young, run);
      assertThat(table.usage(project)).isEqualTo(new IdempotencyTable.Usage(2, 2));
      api.bean(Idempotency.class).sweep();
      assertThat(table.usage(project)).isEqualTo(new IdempotencyTable.Usage(1, 2));
      IdempotencyTable.Row row = table.find(young, expired).orElseThrow();
      assertThat(row.charged()).isEqualTo("1");
      assertThat(row.eventId()).isEqualTo(run);
    }
  }

  private static KeyedRequest request(long project, String key) {
    return KeyedRequest.of(project, "/v1/completions", key, ByteBuffer.wrap(new byte[] {1}));
  }
}
