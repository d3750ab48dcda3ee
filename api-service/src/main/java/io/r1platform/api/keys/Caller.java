package io.r1platform.api.keys;

/**
 * Who sent an authenticated {@code /v1} request. The security filter puts it into the exchange
 * under {@link #ATTRIBUTE}.
 *
 * @param keyId the API key
 * @param projectId the project that the key belongs to
 * @param organizationId the organization that pays
 */
public record Caller(long keyId, long projectId, long organizationId) {
  /** Name of the exchange attribute that holds the caller. */
  public static final String ATTRIBUTE = Caller.class.getName();
}
