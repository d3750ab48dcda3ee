package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Ability;
import io.r1platform.inference.generation.AnswerShape;
import io.r1platform.inference.generation.Vocabulary;
import io.r1platform.inference.generation.Wishes;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.R1Template;
import io.r1platform.prompts.ToolUse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request needs of a model, and the refusal of what that cannot do. */
final class Requirements {
  private Requirements() {}

  /** The request's wishes, if the model can fulfil them. */
  static Wishes check(ChatRequest request, Vocabulary vocabulary, R1Template template) {
    Set<Ability> abilities = vocabulary.abilities();
    Wishes wishes = check(request.common(), request.topLogprobs(), vocabulary);
    need(abilities, request.format().needs(), "response_format");
    need(abilities, request.tools().needs(), "tools");
    check(request.messages(), request.tools().use(), vocabulary);
    return wishes.with(shape(request, vocabulary, template));
  }

  /** That a conversation can be told to the model. */
  static void check(List<ChatMessage> messages, ToolUse use, Vocabulary vocabulary) {
    boolean past =
        messages.stream()
            .anyMatch(one -> one.role() == ChatMessage.Role.TOOL || !one.calls().isEmpty());
    boolean marked = !use.tools().isEmpty() && use.form() == ToolUse.Form.MARKED;
    need(vocabulary.abilities(), marked ? Ability.TOOLS : null, "tools");
    need(vocabulary.abilities(), past ? Ability.TOOLS : null, "messages");
  }

  /** The same of what every kind of completion can ask. */
  static Wishes check(Common common, int topLogprobs, Vocabulary vocabulary) {
    Set<Ability> abilities = vocabulary.abilities();
    need(abilities, topLogprobs < 0 ? null : Ability.LOGPROBS, "logprobs");
    need(abilities, common.bias().isEmpty() ? null : Ability.LOGIT_BIAS, "logit_bias");
    need(abilities, common.minP() == 0 ? null : Ability.MIN_P, "min_p");
    need(abilities, common.presencePenalty() == 0 ? null : Ability.PENALTIES, "presence_penalty");
    need(abilities, common.frequencyPenalty() == 0 ? null : Ability.PENALTIES, "frequency_penalty");
    if (common.bias().keySet().stream().anyMatch(id -> id >= vocabulary.size())) {
      throw ServiceException.invalidValue(
          "logit_bias", "The model has %d tokens.".formatted(vocabulary.size()));
    }
    return common.wishes(topLogprobs);
  }

  private static @Nullable AnswerShape shape(
      ChatRequest request, Vocabulary vocabulary, R1Template template) {
    AnswerShape called = request.tools().shape(template);
    AnswerShape shape = called == null ? request.format().shape(template) : called;
    if (shape != null) {
      try {
        vocabulary.check(shape);
      } catch (ServiceException e) {
        throw called == null ? e : ServiceException.ofParam(e.code(), "tools", e.explanation());
      }
    }
    return shape;
  }

  private static void need(Set<Ability> abilities, @Nullable Ability needed, String param) {
    if (needed != null && !abilities.contains(needed)) {
      throw Fields.unsupported(
          param,
          needed == Ability.TOOLS
              ? "This model has no tools: its vocabulary lacks their markers."
              : "This model does not support '%s'.".formatted(param));
    }
  }
}
