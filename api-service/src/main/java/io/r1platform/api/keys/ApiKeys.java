package io.r1platform.api.keys;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
      where (:everywhere = true or k.projectId in :projects or k.projectId in
        (select p.id from Project p where p.organizationId in :organizations)) and k.id < :before
      order by k.id desc\
      """)
  List<ApiKey> newest(
      boolean everywhere,
      Collection<Long> organizations,
      Collection<Long> projects,
      long before,
      Limit limit);

  /** Oldest first, those newer than {@code after}. */
  @Query(
      """
      select k from ApiKey k
      where (:everywhere = true or k.projectId in :projects or k.projectId in
        (select p.id from Project p where p.organizationId in :organizations)) and k.id > :after
      order by k.id\
      """)
  List<ApiKey> oldest(
      boolean everywhere,
      Collection<Long> organizations,
      Collection<Long> projects,
      long after,
      Limit limit);
}
