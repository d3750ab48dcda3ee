package io.r1platform.focus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A requirement or condition of a rule, as the model has it.
 *
 * @param function its name, such as {@code CheckValue}; {@code AND} and {@code OR} have items
 * @param arguments by the model's names; a value may be null, which stands for null
 * @param items of AND and OR
 */
record Check(String function, Map<String, @Nullable String> arguments, List<Check> items) {
  static final String AND = "AND";
  static final String OR = "OR";
  static final String RULE = "CheckModelRule";

  /** The model or a rule of it cannot be understood. */
  static final class NotUnderstood extends RuntimeException {
    NotUnderstood(String message) {
      super(message);
    }
  }

  /** An argument that must be there. */
  String text(String name) {
    return Optional.ofNullable(arguments.get(name))
        .orElseThrow(() -> new NotUnderstood(function + " without " + name));
  }

  @Nullable String value() {
    if (!arguments.containsKey("Value")) {
      throw new NotUnderstood(function + " without Value");
    }
    return arguments.get("Value");
  }

  /** The rules that it names, at its own level: it is their sum. */
  boolean isSumOfRules() {
    return function.equals(RULE)
        || (function.equals(AND) && items.stream().allMatch(item -> item.function.equals(RULE)));
  }

  /** The columns that it looks at, those of its items too. */
  List<String> columns() {
    if (!items.isEmpty()) {
      return items.stream().flatMap(item -> item.columns().stream()).distinct().toList();
    }
    return arguments.entrySet().stream()
        .filter(argument -> argument.getKey().matches("(Result)?Column[AB]?Name"))
        .map(argument -> text(argument.getKey()))
        .toList();
  }
}
