package io.r1platform.inference.errors;

import io.r1platform.service.OneRequestAtATime;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Puts {@link OneRequestAtATime} before the server, which may forget a request that comes early.
 */
@Component
final class EarlyRequests implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    factory.addServerCustomizers(
        server ->
            server.doOnChannelInit(
                (observer, channel, remote) -> {
                  var _ = OneRequestAtATime.install(channel);
                }));
  }
}
