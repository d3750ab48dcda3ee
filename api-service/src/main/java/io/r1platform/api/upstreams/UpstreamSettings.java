package io.r1platform.api.upstreams;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The server behind this site's models.
 *
 * @param inferenceUrl its base, without a path
 * @param tokenFile our token for it
 */
@ConfigurationProperties("r1.api.upstreams")
record UpstreamSettings(@DefaultValue("http://127.0.0.1:8090") URI inferenceUrl, Path tokenFile) {}
