package io.r1platform.api.tenants;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.repository.Repository;

interface Organizations extends Repository<Organization, Long> {
  Organization saveAndFlush(Organization organization);

  boolean existsById(long id);

  Optional<Organization> findById(long id);

  boolean existsByNameIgnoreCase(String name);

  List<Organization> findByIdIn(Collection<Long> ids);
}
