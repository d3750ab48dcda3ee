package io.r1platform.api.upstreams;

import org.springframework.data.repository.ListCrudRepository;

/** The catalogue. */
interface Models extends ListCrudRepository<Model, Integer> {}
