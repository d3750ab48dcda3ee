package io.r1platform.inference.security;

import io.r1platform.service.InternalTls;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  @Bean
  InternalTls internalTls(SslBundles bundles) {
    return new InternalTls(bundles);
  }
}
