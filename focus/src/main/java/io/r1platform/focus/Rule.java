package io.r1platform.focus;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the model.
 *
 * @param dataset whose; null: of no dataset, such as an attribute's
 * @param status Active, or how it is on its way out
 * @param dynamic whether it is about more than the rows, such as documents
 * @param keyword MUST, SHOULD, MAY and their like
 * @param criteria what has to be supported for it to apply
 * @param says in words
 * @param requirement null: none that a program could check
 * @param condition null: always
 */
record Rule(
    String id,
    @Nullable String dataset,
    String status,
    boolean dynamic,
    String keyword,
    Set<String> criteria,
    String says,
    @Nullable Check requirement,
    @Nullable Check condition) {
  boolean isActive() {
    return status.equals("Active");
  }

  boolean isOptional() {
    return keyword.equals("MAY");
  }
}
