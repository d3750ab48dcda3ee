package io.r1platform.focus;

import java.util.List;

/** What is to be done about a rule, before any row is read. */
sealed interface Judgement {
  String ruleId();

  /** It says nothing about these rows, and why. */
  record Skip(String ruleId, String why) implements Judgement {}

  /**
   * It is checked.
   *
   * @param conditions those of the rules that it is part of, and its own: it holds where all do
   */
  record Apply(Rule rule, Check requirement, List<Check> conditions) implements Judgement {
    @Override
    public String ruleId() {
      return rule.id();
    }
  }
}
