package io.r1platform.focus;

import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The check functions as SQL over the table {@code data}, where every column is text and null is
 * null. An expression is true where the row is as the rule wants it, and never null.
 */
final class RuleSql {
  private static final Set<String> COMPARISONS = Set.of("=", "<>", "<", "<=", ">", ">=");

  private static final String NUMBER = "-?([0-9]+(\\.[0-9]+)?|\\.[0-9]+)([eE]-?[0-9]+)?";
  private static final String MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z";
  private static final String UNIT =
      "([1-9][0-9]* )?[A-Za-z]+(-[A-Z][A-Za-z]*)*(/([1-9][0-9]* )?[A-Z][A-Za-z]*)?";

  /**
   * Metals and test codes have no fraction digits; the others are money of a nation or of several.
   */
  private static final String CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .filter(currency -> currency.getDefaultFractionDigits() >= 0)
          .map(currency -> Sql.text(currency.getCurrencyCode()))
          .sorted()
          .collect(Collectors.joining(", ", "(", ")"));

  private static final Set<String> KNOWN =
      Set.of(
          "CheckColumnComparison",
          "CheckDecimalValue",
          "CheckDistinctCount",
          "CheckGreaterOrEqualThanValue",
          "CheckLessOrEqualThanValue",
          "CheckNationalCurrency",
          "CheckNoDuplicates",
          "CheckNotValue",
          "CheckRegexMatch",
          "CheckSameValue",
          "CheckStringEndsWith",
          "CheckValue",
          "ColumnByColumnEqualsColumnValue",
          "ColumnPresent",
          "FormatCurrency",
          "FormatDateTime",
          "FormatJSON",
          "FormatKeyValue",
          "FormatNumeric",
          "FormatString",
          "FormatUnit",
          "TypeDateTime",
          "TypeDecimal",
          "TypeJSON",
          "TypeString");

  private final Map<String, String> types;

  /** Over columns with these types: of the file, which may not know more than text. */
  RuleSql(Map<String, String> types) {
    this.types = types;
  }

  /** Why it cannot be checked, if it has a function that is not known here. */
  static Optional<String> unknown(Check check) {
    if (check.function().equals(Check.AND) || check.function().equals(Check.OR)) {
      return check.items().stream().flatMap(item -> unknown(item).stream()).findFirst();
    }
    return KNOWN.contains(check.function())
        ? Optional.empty()
        : Optional.of("this verifier has no check " + check.function());
  }

  String expression(Check check) {
    return switch (check.function()) {
      case Check.AND -> joined(check, " and ", "true");
      case Check.OR -> joined(check, " or ", "false");
      case "ColumnPresent" -> String.valueOf(types.containsKey(check.text("ColumnName")));
      case "CheckValue" -> value(column(check), check.value(), true);
      case "CheckNotValue" -> value(column(check), check.value(), false);
      case "CheckSameValue" -> same(first(check), second(check));
      case "CheckColumnComparison" -> compared(check);
      case "CheckGreaterOrEqualThanValue" -> bound(check, ">=");
      case "CheckLessOrEqualThanValue" -> bound(check, "<=");
      case "CheckDistinctCount" -> distinct(check);
      case "CheckNoDuplicates" ->
          orNull(
              column(check),
              "%1$s not in (select %1$s from data where %1$s is not null group by %1$s"
                      .formatted(column(check))
                  + " having count(*) > 1)");
      case "ColumnByColumnEqualsColumnValue" -> product(check);
      case "CheckRegexMatch" ->
          orNull(
              column(check),
              "regexp_matches(" + column(check) + ", " + Sql.text(check.text("Pattern")) + ")");
      case "CheckStringEndsWith" ->
          orNull(
              column(check),
              "ends_with(" + column(check) + ", " + Sql.text(check.text("Value")) + ")");
      default -> format(check);
    };
  }

  private String format(Check check) {
    String column = column(check);
    return switch (check.function()) {
      case "CheckNationalCurrency", "FormatCurrency" ->
          orNull(column, column + " in " + CURRENCIES);
      case "FormatNumeric" -> matches(column, NUMBER);
      case "FormatDateTime" -> matches(column, MOMENT);
      case "FormatUnit" -> matches(column, UNIT);
      case "FormatString" -> orNull(column, "trim(" + column + ") <> ''");
      case "FormatJSON", "TypeJSON" -> orNull(column, "json_valid(" + column + ")");
      case "FormatKeyValue" ->
          orNull(
              column,
              ("case when json_valid(%1$s) then json_type(%1$s) = 'OBJECT' and len(list_filter("
                      + "json_extract(%1$s, '$.*'), lambda x: json_type(x) in ('OBJECT', 'ARRAY'))) = 0"
                      + " else false end")
                  .formatted(column));
      case "TypeString" -> String.valueOf(hasType(check, "VARCHAR", "JSON", "UUID", "ENUM"));
      case "TypeDecimal", "CheckDecimalValue" ->
          hasType(check, "VARCHAR", "DECIMAL", "BIGINT", "INTEGER", "HUGEINT")
              ? orNull(column, Sql.decimal(column) + " is not null")
              : "false";
      case "TypeDateTime" ->
          hasType(check, "VARCHAR", "TIMESTAMP")
              ? orNull(column, Sql.moment(column) + " is not null")
              : "false";
      default -> throw new Check.NotUnderstood("no check " + check.function());
    };
  }

  private boolean hasType(Check check, String... prefixes) {
    String type = types.getOrDefault(check.text("ColumnName"), "");
    for (String prefix : prefixes) {
      if (type.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private String joined(Check check, String by, String ofNone) {
    return check.items().isEmpty()
        ? ofNone
        : check.items().stream()
            .map(this::expression)
            .collect(Collectors.joining(")" + by + "(", "((", "))"));
  }

  /** A column that the file does not have is null in every row, which conditions may ask. */
  private String column(String name) {
    return types.containsKey(name) ? "data." + Sql.name(name) : "cast(null as varchar)";
  }

  private String column(Check check) {
    return column(check.text("ColumnName"));
  }

  private String first(Check check) {
    return column(check.text("ColumnAName"));
  }

  private String second(Check check) {
    return column(check.text("ColumnBName"));
  }

  private static String orNull(String column, String expression) {
    return "(" + column + " is null or coalesce(" + expression + ", false))";
  }

  private static String matches(String column, String pattern) {
    return orNull(column, "regexp_full_match(" + column + ", " + Sql.text(pattern) + ")");
  }

  private static String value(String column, @Nullable String value, boolean wanted) {
    String not = wanted ? " not" : "";
    if (value == null) {
      return "(" + column + " is" + (wanted ? "" : " not") + " null)";
    }
    boolean number = value.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?");
    return "("
        + (number ? Sql.decimal(column) : column)
        + " is"
        + not
        + " distinct from "
        + (number ? Sql.decimal(Sql.text(value)) : Sql.text(value))
        + ")";
  }

  private static String same(String a, String b) {
    return "coalesce(%s = %s, %s is not distinct from %s)"
        .formatted(Sql.decimal(a), Sql.decimal(b), a, b);
  }

  private String compared(Check check) {
    String by = check.text("Comparator");
    if (!COMPARISONS.contains(by)) {
      throw new Check.NotUnderstood("no comparison " + by);
    }
    String a = first(check);
    String b = second(check);
    return "(%s is null or %s is null or coalesce(%s %s %s, %s %s %s, false))"
        .formatted(a, b, Sql.decimal(a), by, Sql.decimal(b), Sql.moment(a), by, Sql.moment(b));
  }

  private String bound(Check check, String by) {
    String column = column(check);
    return orNull(
        column, Sql.decimal(column) + " " + by + " " + Sql.decimal(Sql.text(check.text("Value"))));
  }

  /** Whether each value of one column stands beside so many of the other. */
  private String distinct(Check check) {
    String count = check.text("ExpectedCount");
    if (!count.matches("[0-9]{1,9}")) {
      throw new Check.NotUnderstood("no count " + count);
    }
    String a = Sql.name(check.text("ColumnAName"));
    return ("(%s is null or data.%s not in (select %s from data where %s is not null group by %s"
            + " having count(distinct coalesce(%s, '')) <> %s))")
        .formatted(first(check), a, a, a, a, Sql.name(check.text("ColumnBName")), count);
  }

  /** Exactly: a product has as many digits after the point as both factors together, 18 at most. */
  private String product(Check check) {
    String a = first(check);
    String b = second(check);
    String result = column(check.text("ResultColumnName"));
    String product =
        "coalesce((%s) * (%s), (%s) * (%s), (%s) * (%s))"
            .formatted(
                Sql.decimal(a, 6),
                Sql.decimal(b, 12),
                Sql.decimal(a, 9),
                Sql.decimal(b, 9),
                Sql.decimal(a, 12),
                Sql.decimal(b, 6));
    return "(%s is null or %s is null or coalesce(%s = %s, false))"
        .formatted(a, b, product, Sql.decimal(result));
  }
}
