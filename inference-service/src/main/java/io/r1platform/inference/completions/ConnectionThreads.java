package io.r1platform.inference.completions;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** The threads of all connections: few, for they share the cores with the engine. */
@Configuration(proxyBeanMethods = false)
class ConnectionThreads {

  @Bean
  ReactorResourceFactory reactorResourceFactory(CompletionSettings settings) {
    int threads = settings.connectionThreads(Runtime.getRuntime().availableProcessors());
    var factory = new ReactorResourceFactory();
    factory.setUseGlobalResources(false);
    factory.setShutdownQuietPeriod(Duration.ZERO); // when it ends, every answer has
    factory.setLoopResourcesSupplier(() -> LoopResources.create("r1-http", threads, true));
    return factory;
  }
}
