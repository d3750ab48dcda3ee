package io.r1platform.standalone.supervisor;

/** The operator that api-service makes at its start, and that {@code ./r1} logs in as. */
public final class Operator {
  /** Login of the console and the admin API. */
  public static final String EMAIL = "operator@localhost";

  /** The secret that holds the password. */
  public static final String PASSWORD_SECRET = "operator-password";

  private Operator() {}
}
