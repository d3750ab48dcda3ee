package io.r1platform.api.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoutesTests {
  private static final double FACTOR = 1.25;
  private static final UpstreamSettings SETTINGS =
      new UpstreamSettings(
          List.of(),
          Path.of("token"),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          20,
          Duration.ofSeconds(15),
          FACTOR,
          3,
          Duration.ofSeconds(60));

  private static Upstream server(int id, int priority) {
    var card = new ModelCard("m", 10, 5, 5, null, null);
    return new Upstream(
        id,
        "s" + id,
        URI.create("http://s" + id),
        false,
        null,
        () -> null,
        null,
        Duration.ofSeconds(60),
        Map.of("m", new Upstream.Served("theirs", priority, card)),
        new Standing("s" + id, SETTINGS));
  }

  private static List<Upstream> order(List<Upstream> servers, long conversation, int turn) {
    return Routes.order(servers, "m", conversation, FACTOR, turn);
  }

  @Test
  void conversationStaysWhereItWas() {
    List<Upstream> servers = IntStream.range(1, 5).mapToObj(id -> server(id, 1)).toList();
    long[] firsts = new long[5];
    for (long conversation = 1; conversation <= 1_000; conversation++) {
      Upstream home = order(servers, conversation, 0).getFirst();
      assertThat(order(servers, conversation, 3).getFirst()).isEqualTo(home);
      firsts[(int) home.id()]++;
    }
    for (int id = 1; id < 5; id++) {
      assertThat(firsts[id]).as("share of server " + id).isBetween(150L, 350L);
    }
  }

  @Test
  void conversationsOfALostServerAloneMove() {
    List<Upstream> all = IntStream.range(1, 5).mapToObj(id -> server(id, 1)).toList();
    List<Upstream> left = all.subList(0, 3);
    for (long conversation = 1; conversation <= 1_000; conversation++) {
      Upstream home = order(all, conversation, 0).getFirst();
      if (home.id() != 4) {
        assertThat(order(left, conversation, 0).getFirst()).isEqualTo(home);
      }
    }
  }

  @Test
  void conversationLeavesAServerAboveItsBound() {
    List<Upstream> servers = List.of(server(1, 1), server(2, 1));
    Upstream home = order(servers, 7, 0).getFirst();
    Upstream other = home.id() == 1 ? servers.getLast() : servers.getFirst();
    for (int n = 0; n < 10; n++) { // one hot conversation: the bound is 1.25 of half of all
      Upstream next = order(servers, 7, n).getFirst();
      assertThat(next.standing().begin(false)).isTrue();
    }
    assertThat(home.standing().outstanding()).isBetween(5, 7);
    assertThat(other.standing().outstanding()).isBetween(3, 5);
  }

  @Test
  void withoutAConversationTheLeastLoadedIsTaken() {
    List<Upstream> servers = List.of(server(1, 1), server(2, 1), server(3, 1));
    for (int n = 0; n < 9; n++) {
      order(servers, Routes.ANY, n).getFirst().standing().begin(false);
    }
    assertThat(servers).allMatch(server -> server.standing().outstanding() == 3);
  }

  @Test
  void priorityComesBeforeLoadAndHealthBeforePriority() {
    Upstream first = server(1, 1);
    Upstream second = server(2, 2);
    first.standing().begin(false);
    assertThat(order(List.of(second, first), 7, 0)).containsExactly(first, second);
    first.standing().missed(Instant.EPOCH, "health_missed");
    assertThat(order(List.of(second, first), 7, 0)).containsExactly(first, second);
    first.standing().missed(Instant.EPOCH, "health_missed");
    assertThat(order(List.of(second, first), 7, 0)).containsExactly(second, first);
    first.standing().answered(Instant.EPOCH);
    assertThat(order(List.of(second, first), 7, 0)).containsExactly(first, second);
  }

  @Test
  void breakerOpensWhenHalfOfAQuarterOfTheWindowFailed() {
    Standing standing = server(1, 1).standing();
    for (int n = 0; n < 4; n++) {
      assertThat(standing.begin(false)).isTrue();
      standing.failed(new Standing.Problem(Instant.EPOCH, "http_500", null));
      assertThat(standing.breaker()).isEqualTo("closed");
    }
    assertThat(standing.begin(false)).isTrue();
    standing.failed(new Standing.Problem(Instant.EPOCH, "http_500", null));
    assertThat(standing.breaker()).isEqualTo("open");
    assertThat(standing.begin(false)).isFalse();
    assertThat(standing.begin(true)).as("for want of another").isTrue();
    assertThat(standing.outstanding()).isEqualTo(1);
    assertThat(standing.problems()).hasSize(5);
  }

  @Test
  void whatOthersEndedSaysNothingAboutTheServer() {
    Standing standing = server(1, 1).standing();
    for (int n = 0; n < 50; n++) {
      standing.begin(false);
      standing.released();
    }
    assertThat(standing.breaker()).isEqualTo("closed");
    assertThat(standing.outstanding()).isZero();
  }
}
