package io.r1platform.api.keys;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ApiKeys extends Repository<ApiKey, Long> {
  ApiKey saveAndFlush(ApiKey key);

  Optional<ApiKey> findById(long id);

  List<ApiKey> findByIdIn(Collection<Long> ids);

  /** Newest first, those older than {@code before}. */
  @Query(
      """
      select k from ApiKey k
      where (:projectId is null or k.projectId = :projectId) and k.id < :before
      order by k.id desc""")
  List<ApiKey> page(@Nullable Long projectId, long before, Limit limit);
}
