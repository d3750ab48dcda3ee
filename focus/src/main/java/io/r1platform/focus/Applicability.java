package io.r1platform.focus;

import io.r1platform.focus.Judgement.Apply;
import io.r1platform.focus.Judgement.Skip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which rules of a model are about a file: walks from the dataset's first rule to the leaves. */
final class Applicability {
  /** What R1 Platform supports of what FOCUS leaves open. */
  static final Set<String> R1 =
      Set.of(
          "ACCOUNT_NAMING_SUPPORTED",
          "INVOICE_ISSUER_PAYABLE_INVOICES_SUPPORTED",
          "MULTIPLE_PRICING_CATEGORIES_SUPPORTED",
          "NEGOTIATED_PRICING_SUPPORTED",
          "PUBLIC_PRICE_LIST_SUPPORTED",
          "SUB_ACCOUNT_SUPPORTED",
          "TAGGING_SUPPORTED",
          "UNIT_PRICING_SUPPORTED",
          "USAGE_MEASUREMENT_SUPPORTED");

  /** Rules whose check is the contrary of their words; see docs/focus.md. */
  private static final Map<String, String> INVERTED =
      Map.of(
          "CAU-PricingCurrencyContractedUnitPrice-C-012-C",
          "inverted upstream: its words speak of rows with a SkuPriceId, its check of those without");

  private static final int MOST_NESTED = 20;

  private final RuleModel model;
  private final Set<String> supported;
  private final Set<String> columns;
  private final Map<String, Judgement> judged = new LinkedHashMap<>();

  private Applicability(RuleModel model, Set<String> supported, Set<String> columns) {
    this.model = model;
    this.supported = supported;
    this.columns = columns;
  }

  /** Judges every rule of the model, those of other datasets too. */
  static List<Judgement> judge(
      RuleModel model, String dataset, Set<String> supported, Set<String> columns) {
    var walk = new Applicability(model, supported, columns);
    String root = model.roots().get(dataset);
    if (root == null) {
      throw new Check.NotUnderstood("the rule model has no dataset " + dataset);
    }
    walk.visit(root, List.of(), null, 0);
    for (Rule rule : model.rules().values()) {
      String of = rule.dataset();
      walk.judged.putIfAbsent(
          rule.id(),
          new Skip(
              rule.id(),
              !rule.isActive()
                  ? inactive(rule)
                  : of == null
                      ? "about how values are written: the columns' own rules check it"
                      : of.equals(dataset) ? "no rule names it" : "of the dataset " + of));
    }
    return List.copyOf(walk.judged.values());
  }

  private void visit(String id, List<Check> above, @Nullable String unmet, int depth) {
    Rule rule = model.rule(id).orElse(null);
    if (rule == null || depth > MOST_NESTED || judged.containsKey(id)) {
      return;
    }
    var conditions = new ArrayList<Check>(above);
    if (rule.condition() != null) {
      conditions.add(rule.condition());
    }
    String missing =
        unmet != null
            ? unmet
            : rule.criteria().stream()
                .filter(one -> !supported.contains(one))
                .sorted()
                .findFirst()
                .orElse(null);
    Check requirement = rule.requirement();
    if (requirement != null && requirement.isSumOfRules() && rule.isActive()) {
      judged.put(id, new Skip(id, "the sum of other rules"));
      List<Check> parts =
          requirement.items().isEmpty() ? List.of(requirement) : requirement.items();
      parts.forEach(part -> visit(part.text("ModelRuleId"), conditions, missing, depth + 1));
      return;
    }
    judged.put(id, leaf(rule, conditions, missing));
  }

  private Judgement leaf(Rule rule, List<Check> conditions, @Nullable String missing) {
    Check requirement = inlined(rule.requirement(), 0);
    String why =
        !rule.isActive()
            ? inactive(rule)
            : INVERTED.containsKey(rule.id())
                ? INVERTED.get(rule.id())
                : missing != null
                    ? "needs " + missing
                    : rule.dynamic() || requirement == null
                        ? "no program can check it on rows: " + rule.says()
                        : rule.isOptional() ? "it allows and demands nothing (MAY)" : null;
    if (why == null && requirement != null) {
      why =
          requirement.columns().stream()
              .filter(column -> !isPresence(requirement) && !columns.contains(column))
              .findFirst()
              .map(column -> "the file has no column " + column)
              .orElseGet(() -> RuleSql.unknown(requirement).orElse(null));
    }
    if (why != null || requirement == null) {
      return new Skip(rule.id(), String.valueOf(why));
    }
    return new Apply(rule, requirement, conditions);
  }

  private static String inactive(Rule rule) {
    return rule.status().equals("Removed")
        ? "removed from the specification"
        : "on its way out of the specification: " + rule.status();
  }

  private static boolean isPresence(Check check) {
    return check.function().equals("ColumnPresent");
  }

  /** With the rules that an OR names put in its place; null if one of them cannot be checked. */
  private @Nullable Check inlined(@Nullable Check check, int depth) {
    if (check == null || depth > MOST_NESTED) {
      return null;
    }
    if (check.function().equals(Check.RULE)) {
      Rule rule = model.rule(check.text("ModelRuleId")).orElse(null);
      if (rule == null) {
        return null;
      }
      judged.putIfAbsent(rule.id(), new Skip(rule.id(), "checked as part of another"));
      return rule.dynamic() ? null : inlined(rule.requirement(), depth + 1);
    }
    var items = new ArrayList<Check>();
    for (Check item : check.items()) {
      Check one = inlined(item, depth + 1);
      if (one == null) {
        return null;
      }
      items.add(one);
    }
    return new Check(check.function(), check.arguments(), items);
  }
}
