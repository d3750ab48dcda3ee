package io.r1platform.billing.budgets;

/** Whose spending a budget limits, from the root to the leaf, in the order of lease ids. */
public enum Scope {
  /** What an organization has paid ahead or may owe; always present. */
  CREDIT,
  /** All of an organization. */
  ORGANIZATION,
  /** One project. */
  PROJECT,
  /** One API key. */
  KEY
}
