package io.r1platform.api.keys;

import com.github.benmanes.caffeine.cache.Ticker;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Time that only goes forward, for what a wall clock's correction must not prolong. */
@Configuration(proxyBeanMethods = false)
class KeyConfiguration {
  @Bean
  Ticker monotonicTicker() {
    return Ticker.systemTicker();
  }
}
