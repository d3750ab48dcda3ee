package io.r1platform.billing.reports;

import org.jspecify.annotations.Nullable;

/** Whose usage; null means all. Bound to the parameters that {@link #FILTER} names. */
record Scope(
    @Nullable Long organizationId,
    @Nullable Long projectId,
    @Nullable Long apiKeyId,
    @Nullable Integer modelId) {
  static final String FILTER =
      """
      (cast(:organizationId as bigint) is null or tenant_id = :organizationId)
      and (cast(:projectId as bigint) is null or project_id = :projectId)
      and (cast(:apiKeyId as bigint) is null or api_key_id = :apiKeyId)
      and (cast(:modelId as int) is null or model_id = :modelId)
      """;
}
