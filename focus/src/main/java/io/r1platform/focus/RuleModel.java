package io.r1platform.focus;

import io.r1platform.focus.Check.NotUnderstood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * FOCUS's rule model, read from its JSON file.
 *
 * @param version that it says
 * @param roots each dataset's first rule, by its name
 * @param rules by id, in the order of the file
 */
record RuleModel(String version, Map<String, String> roots, Map<String, Rule> rules) {
  private static final long MOST_BYTES = 16L << 20;
  private static final int MOST_RULES = 10_000;
  private static final int MOST_ITEMS = 1_000;
  private static final int MOST_NESTED = 10;
  private static final int MOST_TEXT = 2_000;

  /**
   * Reads it.
   *
   * @throws NotUnderstood if it is no rule model or is beyond its bounds: 16 MiB, 10,000 rules
   */
  static RuleModel read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new NotUnderstood("the rule model has more than 16 MiB");
    }
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new NotUnderstood("the rule model is no JSON: " + e.getOriginalMessage());
    }
    var rules = new LinkedHashMap<String, Rule>();
    for (var entry : root.path("ModelRules").properties()) {
      if (rules.size() == MOST_RULES) {
        throw new NotUnderstood("the rule model has more than 10,000 rules");
      }
      String id = bounded(entry.getKey());
      rules.put(id, rule(id, entry.getValue()));
    }
    var roots = new LinkedHashMap<String, String>();
    for (var entry : root.path("ModelDatasets").properties()) {
      roots.put(bounded(entry.getKey()), text(entry.getValue().path("ModelRules").path(0)));
    }
    if (rules.isEmpty() || roots.isEmpty()) {
      throw new NotUnderstood("no rule model of FOCUS: it has no ModelRules or ModelDatasets");
    }
    return new RuleModel(text(root.path("Details").path("ModelVersion")), roots, rules);
  }

  Optional<Rule> rule(String id) {
    return Optional.ofNullable(rules.get(id));
  }

  private static Rule rule(String id, JsonNode node) {
    JsonNode criteria = node.path("ValidationCriteria");
    return new Rule(
        id,
        node.path("DatasetId").isString() ? text(node.path("DatasetId")) : null,
        text(node.path("Status")),
        text(node.path("Type")).equals("Dynamic"),
        text(criteria.path("Keyword")),
        texts(node.path("ApplicabilityCriteria")),
        text(criteria.path("MustSatisfy")),
        check(criteria.path("Requirement"), 0),
        check(criteria.path("Condition"), 0));
  }

  private static @Nullable Check check(JsonNode node, int depth) {
    if (node.isMissingNode() || node.isNull() || node.isEmpty()) {
      return null;
    }
    if (depth > MOST_NESTED || node.path("Items").size() > MOST_ITEMS) {
      throw new NotUnderstood("a rule is nested too deep or has too many items");
    }
    var items = new ArrayList<Check>();
    for (JsonNode item : node.path("Items")) {
      Check read = check(item, depth + 1);
      if (read != null) {
        items.add(read);
      }
    }
    var arguments = new HashMap<String, @Nullable String>();
    for (var argument : node.properties()) {
      JsonNode value = argument.getValue();
      if (value.isValueNode() && !argument.getKey().equals("CheckFunction")) {
        arguments.put(argument.getKey(), value.isNull() ? null : bounded(value.asString()));
      }
    }
    return new Check(text(node.path("CheckFunction")), arguments, List.copyOf(items));
  }

  private static Set<String> texts(JsonNode list) {
    var texts = new LinkedHashSet<String>();
    list.forEach(one -> texts.add(text(one)));
    return texts;
  }

  private static String text(JsonNode node) {
    if (!node.isString()) {
      throw new NotUnderstood("the rule model lacks a text");
    }
    return bounded(node.asString());
  }

  private static String bounded(String text) {
    if (text.length() > MOST_TEXT) {
      throw new NotUnderstood("the rule model has a text of more than 2,000 characters");
    }
    return text;
  }
}
