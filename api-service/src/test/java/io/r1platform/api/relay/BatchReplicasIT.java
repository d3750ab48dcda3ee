package io.r1platform.api.relay;

import static io.r1platform.api.relay.BatchClient.lines;
import static io.r1platform.api.relay.BatchClient.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.upstreams.Catalogue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A batch whose replica is replaced amid it, as when it was killed. */
class BatchReplicasIT {
  private static final Map<String, String> SETTINGS =
      Map.of("r1.api.batches.look-every", "50ms", "r1.api.batches.of-batch", "4");

  @Test
  void anotherReplicaTakesUpTheLinesOfADeadOneAndNoneIsChargedTwice() {
    try (var gateway = new Gateway(SETTINGS)) {
      Set<String> hanging = ConcurrentHashMap.newKeySet();
      gateway.engine.does(
          chat -> {
            if (chat.header("x-r1-replica").startsWith("1.") && gateway.engine.chats().size() > 6) {
              hanging.add(chat.id());
              chat.json().awaitCancel();
            } else {
              BatchesIT.answer(chat);
            }
          });
      var client = new BatchClient(gateway.api, gateway.key);
      String batch = client.batch(lines(20));
      Await.until("four lines hang", () -> hanging.size() == 4);
      try (RunningApi peer = peer(gateway)) {
        JdbcClient database = peer.bean(JdbcClient.class);
        database.sql("update replica set epoch = epoch + 1 where replica_id = 1").update();
        var there = new BatchClient(peer, gateway.key);
        JsonNode ended = there.awaitStatus(batch, "completed");
        List<JsonNode> output = there.content(ended, "output_file_id");
        assertThat(names(output)).hasSize(20).doesNotHaveDuplicates();
        assertThat(output.stream().map(line -> line.at("/response/request_id").asString()))
            .doesNotContainAnyElementsOf(hanging);
        assertThat(charged(database)).isEqualTo(20);
      }
    }
  }

  /** Requests with a charge. */
  private static long charged(JdbcClient database) {
    return database
        .sql(
            """
            select count(distinct event_id) from usage_journal
            where kind = 'F' and field_bigint(record, 128) > 0
            """)
        .query(Long.class)
        .single();
  }

  private static RunningApi peer(Gateway gateway) {
    var settings = new HashMap<>(SETTINGS);
    settings.put("r1.api.upstreams.inference-url", gateway.engine.url());
    settings.put("r1.api.billing.url", gateway.billing.url());
    settings.put("r1.api.metering.replica-id", "2");
    RunningApi peer = RunningApi.start(gateway.database, settings);
    Catalogue catalogue = peer.bean(Catalogue.class);
    Await.until("the peer serves", () -> catalogue.card(catalogue.served().getFirst()).isPresent());
    return peer;
  }
}
