package io.r1platform.inference.generation;

import io.r1platform.engine.ModelInfo;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a model can be asked that not every engine can do. */
public enum Ability {
  /** {@link Wishes#topLogprobs}. */
  LOGPROBS,
  /** {@link Wishes#bias}. */
  LOGIT_BIAS,
  /** {@link Wishes#presencePenalty} and {@link Wishes#frequencyPenalty}. */
  PENALTIES,
  /** {@link Wishes#minP}. */
  MIN_P,
  /** {@link AnswerShape.JsonObject}. */
  JSON_OBJECT,
  /** {@link AnswerShape.JsonSchema}. */
  JSON_SCHEMA,
  /** Markers of tool calls in the vocabulary. */
  TOOLS,
  /** {@link AnswerShape.Framed}: tools whose arguments are constrained when the model likes. */
  STRICT_TOOLS;

  /** As {@code /v1/models} lists it. */
  public String wire() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Set<Ability> of(Set<ModelInfo.Feature> features, boolean toolMarkers) {
    var abilities = EnumSet.noneOf(Ability.class);
    boolean grammar = features.contains(ModelInfo.Feature.GRAMMAR);
    add(abilities, LOGPROBS, features.contains(ModelInfo.Feature.LOGPROBS));
    add(abilities, LOGIT_BIAS, features.contains(ModelInfo.Feature.BIAS));
    add(abilities, PENALTIES, features.contains(ModelInfo.Feature.PENALTIES));
    add(abilities, MIN_P, features.contains(ModelInfo.Feature.MIN_P));
    add(abilities, JSON_OBJECT, grammar || features.contains(ModelInfo.Feature.JSON_OBJECT));
    add(abilities, JSON_SCHEMA, grammar || features.contains(ModelInfo.Feature.JSON_SCHEMA));
    add(abilities, TOOLS, toolMarkers);
    boolean endFirst = features.contains(ModelInfo.Feature.END_FIRST);
    add(abilities, STRICT_TOOLS, toolMarkers && grammar && endFirst);
    return Collections.unmodifiableSet(abilities);
  }

  private static void add(Set<Ability> abilities, Ability ability, boolean has) {
    if (has) {
      abilities.add(ability);
    }
  }
}
