package io.r1platform.billing.exports;

/**
 * A column of a dataset.
 *
 * @param name letters, digits and underscores
 * @param type what its values are
 * @param nullable whether it may have none
 * @param description for those who read the file
 */
public record Column(String name, Type type, boolean nullable, String description) {

  /** DECIMAL is DECIMAL(38,18); a TIMESTAMP is of UTC. */
  public enum Type {
    TEXT,
    DECIMAL,
    BIGINT,
    TIMESTAMP,
    JSON
  }
}
