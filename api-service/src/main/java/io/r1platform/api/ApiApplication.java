package io.r1platform.api;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The public edge of R1 Platform: keys, relay, metering, and the console's back end. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ApiApplication {

  /** Starts the service; settings come from application.yaml and the environment. */
  public static void main(String[] arguments) {
    var application = new SpringApplication(ApiApplication.class);
    application.addListeners(new ExitWhenFenced(System::exit));
    application.run(arguments);
  }
}
