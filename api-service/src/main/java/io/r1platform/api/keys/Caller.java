package io.r1platform.api.keys;

/**
 * Who sent an authenticated {@code /v1} request. The security filter puts it into the exchange
 * under {@link #ATTRIBUTE}.
 *
 * @param keyId the API key
 * @param projectId the project that the key belongs to
 * @param organizationId the organization that pays
 * @param weight tokens it gets from a contended engine for each token of weight 1: 1 to 100
 */
public record Caller(long keyId, long projectId, long organizationId, int weight) {
  /** Name of the exchange attribute that holds the caller. */
  public static final String ATTRIBUTE = Caller.class.getName();

  /** Of weight 1. */
  public Caller(long keyId, long projectId, long organizationId) {
    this(keyId, projectId, organizationId, 1);
  }
}
