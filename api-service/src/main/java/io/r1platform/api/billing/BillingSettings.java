package io.r1platform.api.billing;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where billing-service is.
 *
 * @param url its base, without a path
 * @param tokenFile our token for it
 * @param timeout longest wait for an answer, and for the next bytes of one that is read as it comes
 */
@ConfigurationProperties("r1.api.billing")
record BillingSettings(
    @DefaultValue("http://127.0.0.1:8070") URI url,
    Path tokenFile,
    @DefaultValue("10s") Duration timeout) {}
