package io.r1platform.api.upstreams;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/** Servers of others. */
interface UpstreamRows extends JpaRepository<UpstreamRow, Long> {
  List<UpstreamRow> findByIdLessThanOrderByIdDesc(long before, Limit limit);

  Optional<UpstreamRow> findByName(String name);
}
