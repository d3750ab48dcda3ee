package io.r1platform.service;

import java.net.http.HttpClient;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * TLS of calls to other services: the SSL bundle {@code internal} has the certificate that is shown
 * and those that are trusted. Without it, none is shown and the JVM's are trusted. A bundle with
 * {@code reload-on-update} is followed without a restart.
 */
public final class InternalTls {
  private static final String BUNDLE = "internal";

  private final SslBundles bundles;

  /** Looks for it among these. */
  public InternalTls(SslBundles bundles) {
    this.bundles = bundles;
  }

  /** Gives {@code use} the bundle, if there is one, now and after each change. */
  public void follow(Consumer<Optional<SslBundle>> use) {
    if (bundles.getBundleNames().contains(BUNDLE)) {
      use.accept(Optional.of(bundles.getBundle(BUNDLE)));
      bundles.addBundleUpdateHandler(BUNDLE, bundle -> use.accept(Optional.of(bundle)));
    } else {
      use.accept(Optional.empty());
    }
  }

  /**
   * A client like {@code like}, made anew when the certificates are; what runs ends with the old.
   */
  public Supplier<HttpClient> client(Supplier<HttpClient.Builder> like) {
    var current = new AtomicReference<@Nullable HttpClient>();
    follow(
        bundle -> {
          HttpClient.Builder builder = like.get();
          bundle.ifPresent(known -> builder.sslContext(known.createSslContext()));
          HttpClient old = current.getAndSet(builder.build());
          if (old != null) {
            old.shutdown();
          }
        });
    return () -> Objects.requireNonNull(current.get());
  }
}
