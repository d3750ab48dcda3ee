package io.r1platform.api.errors;

import io.r1platform.service.OneRequestAtATime;
import java.time.Clock;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Puts {@link OneRequestAtATime} and {@link RequestLineCheck} before the server: it may forget a
 * request that comes early, and answers what it cannot read without a body and without an id.
 */
@Component
final class UnreadableRequests
    implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private final ErrorBody bodies;
  private final Clock clock;

  UnreadableRequests(ErrorBody bodies, Clock clock) {
    this.bodies = bodies;
    this.clock = clock;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    factory.addServerCustomizers(
        server ->
            server.doOnChannelInit(
                (observer, channel, remote) -> {
                  if (OneRequestAtATime.install(channel)) {
                    channel
                        .pipeline()
                        .addAfter(
                            OneRequestAtATime.NAME,
                            RequestLineCheck.class.getName(),
                            new RequestLineCheck(bodies, clock));
                  }
                }));
  }
}
