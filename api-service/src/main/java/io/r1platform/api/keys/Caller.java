package io.r1platform.api.keys;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sent an authenticated {@code /v1} request. The security filter puts it into the exchange
 * under {@link #ATTRIBUTE}.
 *
 * @param keyId the API key
 * @param projectId the project that the key belongs to
 * @param organizationId the organization that pays
 * @param weight tokens it gets from a contended engine for each token of weight 1: 1 to 100
 * @param models names of the models that it may use; null for all
 * @param keepsContent whether its project has prompts and answers stored
 * @param suspended whether its organization begins nothing new
 */
public record Caller(
    long keyId,
    long projectId,
    long organizationId,
    int weight,
    @Nullable Set<String> models,
    boolean keepsContent,
    boolean suspended) {
  /** Name of the exchange attribute that holds the caller. */
  public static final String ATTRIBUTE = Caller.class.getName();

  public Caller {
    models = models == null ? null : Set.copyOf(models);
  }

  /** Of weight 1, with every model. */
  public Caller(long keyId, long projectId, long organizationId) {
    this(keyId, projectId, organizationId, 1, null, false, false);
  }

  /** Whether it may use the model of this name, which is not an alias. */
  public boolean mayUse(String model) {
    return models == null || models.contains(model);
  }
}
