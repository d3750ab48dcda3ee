package io.r1platform.api.credentials;

import io.r1platform.service.InternalTls;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CredentialsConfiguration {
  @Bean
  InternalTls internalTls(SslBundles bundles) {
    return new InternalTls(bundles);
  }
}
