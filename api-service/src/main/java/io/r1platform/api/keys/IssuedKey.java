package io.r1platform.api.keys;

/**
 * A fresh key with its secret, which exists nowhere else and is shown once.
 *
 * @param secret the whole key, {@code sk-r1-…}
 */
public record IssuedKey(KeyView key, String secret) {
  @Override
  public String toString() {
    return "IssuedKey[key=" + key + "]";
  }
}
