package io.r1platform.focus;

/** Quotes what goes into SQL; whatever comes from a file passes here. */
final class Sql {
  private Sql() {}

  static String name(String column) {
    return "\"" + column.replace("\"", "\"\"") + "\"";
  }

  static String text(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new Check.NotUnderstood("a text has a zero character");
    }
    return "'" + value.replace("'", "''") + "'";
  }

  static String decimal(String expression) {
    return "try_cast(" + expression + " as decimal(38, 18))";
  }

  /** Exactly, or null: a cast to fewer digits would round. */
  static String decimal(String expression, int digits) {
    String cast = "try_cast(" + expression + " as decimal(38, " + digits + "))";
    return "case when " + cast + " = " + decimal(expression) + " then " + cast + " end";
  }

  static String moment(String expression) {
    return "try_cast(" + expression + " as timestamp)";
  }
}
