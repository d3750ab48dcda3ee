package io.r1platform.billing.names;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A name as a gateway says it; ids and numbers are decimal strings.
 *
 * @param kind {@code PROJECT} or {@code API_KEY}
 * @param name 1 to 100 characters, none of them a control character
 * @param seq rises with each name of the same thing
 */
record DisplayName(
    @Nullable String kind,
    @Nullable String id,
    @Nullable String organizationId,
    @Nullable String name,
    @Nullable String seq) {
  private static final Set<String> KINDS = Set.of("PROJECT", "API_KEY");
  private static final int LONGEST = 100;

  boolean isValid() {
    return kind != null
        && KINDS.contains(kind)
        && isNumber(id)
        && isNumber(organizationId)
        && isNumber(seq)
        && name != null
        && !name.isEmpty()
        && name.codePointCount(0, name.length()) <= LONGEST
        && name.chars().noneMatch(Character::isISOControl)
        && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  private static boolean isNumber(@Nullable String value) {
    return value != null && value.matches("[0-9]{1,18}");
  }
}
