package io.r1platform.api.relay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of one relayed request.
 *
 * @param bodyLimit largest request body
 * @param bodyWait longest wait for the whole request body
 * @param admitWait longest wait for a durable ADMIT
 * @param finalWait longest wait for a durable FINAL
 * @param countWait longest wait for the engine's count after the client left
 * @param deadline longest time from ADMIT to the engine's last word; over the engine's own limit
 * @param replyLimit largest reply that is not streamed, and largest single event of a stream
 * @param drainWait longest wait at shutdown for running requests to be settled
 */
@ConfigurationProperties("r1.api.relay")
record RelaySettings(
    @DefaultValue("4MB") DataSize bodyLimit,
    @DefaultValue("30s") Duration bodyWait,
    @DefaultValue("2s") Duration admitWait,
    @DefaultValue("10s") Duration finalWait,
    @DefaultValue("5s") Duration countWait,
    @DefaultValue("61m") Duration deadline,
    @DefaultValue("16MB") DataSize replyLimit,
    @DefaultValue("15s") Duration drainWait) {}
