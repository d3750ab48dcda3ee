package io.r1platform.api.upstreams;

import io.r1platform.api.credentials.TokenFile;
import java.net.URI;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** Where inference-service is and how to speak to it. */
@Component
public final class Upstream {
  private final URI url;
  private final TokenFile token;

  Upstream(UpstreamSettings settings, Clock clock) {
    this.url = settings.inferenceUrl();
    this.token = new TokenFile(settings.tokenFile(), clock);
  }

  /** Base of its URLs. */
  public URI url() {
    return url;
  }

  /** Value of the Authorization header. */
  public String bearer() {
    return token.bearer();
  }
}
