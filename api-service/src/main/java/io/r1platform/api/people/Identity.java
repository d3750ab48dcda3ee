package io.r1platform.api.people;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whom an identity provider vouches for.
 *
 * @param subject who it is, unique and unchanging at the issuer
 * @param email verified by the issuer; in lower case here
 */
public record Identity(String issuer, String subject, String email, Collection<String> groups) {
  public Identity {
    email = email.strip().toLowerCase(Locale.ROOT);
    groups = List.copyOf(groups);
  }
}
