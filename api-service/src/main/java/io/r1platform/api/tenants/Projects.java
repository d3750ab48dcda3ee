package io.r1platform.api.tenants;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.repository.Repository;

interface Projects extends Repository<Project, Long> {
  Project saveAndFlush(Project project);

  Optional<Project> findById(long id);

  boolean existsByOrganizationIdAndNameIgnoreCase(long organizationId, String name);

  List<Project> findByIdIn(Collection<Long> ids);
}
