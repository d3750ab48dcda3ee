package io.r1platform.api.upstreams;

import java.time.Instant;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;
import org.springframework.transaction.annotation.Transactional;

/** The catalogue. */
interface Models extends ListCrudRepository<Model, Integer> {
  /** Enters a model that is served by whoever has it; nothing if its name or number is there. */
  @Modifying
  @Transactional
  @NativeQuery(
      """
      insert into model (model_id, name, owned_by, upstream, created_at)
      values (?1, ?2, 'r1-platform', null, ?3)
      on conflict do nothing
      """)
  int enter(int id, String name, Instant now);
}
