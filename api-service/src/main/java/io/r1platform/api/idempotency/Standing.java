package io.r1platform.api.idempotency;

import java.util.UUID;

/** How a request stands to the first one with its key. */
public sealed interface Standing {

  /** It is the first: it must run, and end with {@code keep} or {@code free}. */
  record First() implements Standing {}

  /** The first had another body. */
  record Conflict() implements Standing {}

  /** The first runs, in this process or, if not {@code here}, in another. */
  record Running(UUID eventId, boolean here) implements Standing {}

  /** The first has ended with this answer. */
  record Answered(UUID eventId, Reply reply) implements Standing {}

  /** The first has ended and cost this much, but its answer is not there. */
  record Unkept(UUID eventId, String charged) implements Standing {}

  /** The first died with its server, and nothing was charged. The key is free again. */
  record Died(UUID eventId) implements Standing {}

  /** No request stands under this key. */
  record Absent() implements Standing {}

  /** The project has as many keys, or bytes of answers, as it may. */
  record Full() implements Standing {}
}
