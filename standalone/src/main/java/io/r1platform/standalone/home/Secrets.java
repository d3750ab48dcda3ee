package io.r1platform.standalone.home;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** The secrets of one installation, each made on first use: 256 bits in base64url. */
public final class Secrets {
  private final Home home;
  private final SecureRandom random = new SecureRandom();

  /** The secrets kept under {@code home}. */
  public Secrets(Home home) {
    this.home = home;
  }

  /** The file of a secret, made if it is missing. */
  public Path file(String name) {
    Path file = home.secrets().resolve(name);
    if (!Files.exists(file)) {
      var bits = new byte[32];
      random.nextBytes(bits);
      store(name, Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }
    return file;
  }

  /** The secret itself, made if it is missing. */
  public String value(String name) {
    file(name);
    return find(name).orElseThrow();
  }

  /** The secret if it was made. */
  public Optional<String> find(String name) {
    Path file = home.secrets().resolve(name);
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Keeps a secret that someone else made. */
  public void store(String name, String value) {
    Home.write(home.secrets().resolve(name), value + "\n");
  }
}
