package io.r1platform.api.sessions;

import java.util.Locale;

/** How somebody logged in. */
public enum Way {
  /** By a password of ours. */
  PASSWORD,
  /** By the identity provider. */
  OIDC;

  /** The session attribute that keeps it. */
  public static final String ATTRIBUTE = "way";

  /** Its name in a session. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
