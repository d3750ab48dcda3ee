package io.r1platform.api.relay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What happens when nobody listens to a request with a key.
 *
 * @param detachedLimit longest time that it runs alone, and that a client may take over an answer
 *     that is stored already
 */
@ConfigurationProperties("r1.api")
record DetachedSettings(@DefaultValue("5m") Duration detachedLimit) {}
