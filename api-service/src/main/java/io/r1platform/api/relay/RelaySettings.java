package io.r1platform.api.relay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of one relayed request.
 *
 * @param bodyLimit largest request body
 * @param bodiesLimit most bytes of all request bodies together that the engine does not have yet;
 *     above it 503; a quarter of the heap unless set
 * @param bodyWait longest wait for the whole request body
 * @param admitWait longest wait for a durable ADMIT
 * @param finalWait longest wait for a durable FINAL
 * @param countWait longest wait for the engine's count after the client left
 * @param engineSilence longest silence of an engine that is listened to; ours says something every
 *     10 s, were it only that it lives
 * @param deadline longest time from ADMIT to the engine's last word; over the engine's own limit,
 *     and an hour and a quarter at most: what is not over by then is taken for lost
 * @param replyLimit largest reply that is not streamed, and largest single event of a stream
 * @param answerLimit largest answer to a request with a key that is kept; beyond it the request
 *     goes on for the clients that read it, as fast as they do, and its answer cannot be had again
 * @param answersLimit most bytes of all kept answers together, in memory; beyond it new requests
 *     with a key get 503, and an answer that grows is not kept; an eighth of the heap unless set
 * @param drainWait longest wait at shutdown for running requests to end by themselves; then they
 *     are stopped, which takes up to countWait and finalWait more. Whoever stops the process must
 *     wait for all of it
 */
@ConfigurationProperties("r1.api.relay")
record RelaySettings(
    @DefaultValue("4MB") DataSize bodyLimit,
    @Nullable DataSize bodiesLimit,
    @DefaultValue("30s") Duration bodyWait,
    @DefaultValue("2s") Duration admitWait,
    @DefaultValue("10s") Duration finalWait,
    @DefaultValue("5s") Duration countWait,
    @DefaultValue("60s") Duration engineSilence,
    @DefaultValue("61m") Duration deadline,
    @DefaultValue("16MB") DataSize replyLimit,
    @DefaultValue("32MB") DataSize answerLimit,
    @Nullable DataSize answersLimit,
    @DefaultValue("120s") Duration drainWait) {
  private static final Duration LONGEST = Duration.ofMinutes(75);

  RelaySettings {
    if (deadline.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("r1.api.relay.deadline is 75m at most");
    }
    if (bodiesLimit != null && bodiesLimit.compareTo(bodyLimit) < 0) {
      throw new IllegalArgumentException(
          "r1.api.relay.bodies-limit is below body-limit, so that the largest body never fits");
    }
  }
}
