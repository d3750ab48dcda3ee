package io.r1platform.inference;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Prompts in, tokens out. Knows no tenant's money. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class InferenceService {
  /** Starts the service; settings are in application.yaml and the environment over it. */
  public static void main(String[] args) {
    SpringApplication.run(InferenceService.class, args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
