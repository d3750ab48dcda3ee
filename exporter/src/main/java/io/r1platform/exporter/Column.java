package io.r1platform.exporter;

import java.util.regex.Pattern;

/**
 * A column of the rows.
 *
 * @param name letters, digits and underscores
 */
record Column(String name, Type type) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  /** As billing's datasets have them. */
  enum Type {
    TEXT,
    DECIMAL,
    BIGINT,
    TIMESTAMP,
    JSON
  }

  Column {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a column: " + name);
    }
  }

  /** Of {@code name:TYPE}. */
  static Column of(String word) {
    int colon = word.indexOf(':');
    return new Column(word.substring(0, colon), Type.valueOf(word.substring(colon + 1)));
  }
}
