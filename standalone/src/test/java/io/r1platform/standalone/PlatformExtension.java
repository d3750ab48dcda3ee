package io.r1platform.standalone;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives every test class the one platform of this JVM, which ends with it. JUnit's own store would
 * end it after each class where Surefire runs classes in several JVMs.
 */
final class PlatformExtension implements ParameterResolver {
  private static final class Shared {
    static final Platform PLATFORM = Platform.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(PLATFORM::close));
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Platform.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Shared.PLATFORM;
  }
}
