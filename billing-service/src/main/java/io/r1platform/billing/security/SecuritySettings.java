package io.r1platform.billing.security;

import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where the internal tokens lie: one or two lines, each a 256-bit token in base64url.
 *
 * @param gatewayTokenFile tokens of api-service: usage, prices, reports, exports
 * @param engineTokenFile tokens of inference-service: engine receipts only
 */
@Validated
@ConfigurationProperties("r1.billing.security")
record SecuritySettings(@NotNull Path gatewayTokenFile, @NotNull Path engineTokenFile) {}
