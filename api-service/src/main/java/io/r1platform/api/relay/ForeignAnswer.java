package io.r1platform.api.relay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer of a foreign server, put together from its chunks for a client that wants it whole.
 */
final class ForeignAnswer {
  private final Kind kind;
  private final JsonMapper json;
  private final List<Choice> choices = new ArrayList<>();

  private static final class Choice {
    final StringBuilder reasoning = new StringBuilder();
    final StringBuilder text = new StringBuilder();
    final List<ObjectNode> calls = new ArrayList<>();
    @Nullable ObjectNode logprobs;
    @Nullable String finish;
  }

  ForeignAnswer(Kind kind, int choices, JsonMapper json) {
    this.kind = kind;
    this.json = json;
    for (int i = 0; i < choices; i++) {
      this.choices.add(new Choice());
    }
  }

  /** Adds what a chunk has of one choice. */
  void add(int index, ForeignPiece piece) {
    Choice choice = choices.get(index);
    choice.reasoning.append(piece.reasoning());
    choice.text.append(piece.text());
    piece.calls().forEach(call -> addCall(choice, call));
    if (piece.logprobs() instanceof ObjectNode more) {
      choice.logprobs = joined(choice.logprobs, more);
    }
    if (piece.finish() != null) {
      choice.finish = piece.finish();
    }
  }

  private static void addCall(Choice choice, JsonNode part) {
    int index = part.path("index").asInt(choice.calls.size());
    if (index == choice.calls.size()) {
      ObjectNode whole = ((ObjectNode) part).deepCopy();
      whole.remove("index");
      choice.calls.add(whole);
    } else if (index >= 0
        && index < choice.calls.size()
        && choice.calls.get(index).path("function") instanceof ObjectNode function) {
      String more = part.path("function").path("arguments").asString("");
      function.put("arguments", function.path("arguments").asString("") + more);
    }
  }

  private static ObjectNode joined(@Nullable ObjectNode all, ObjectNode more) {
    if (all == null) {
      return more.deepCopy();
    }
    for (String name : more.propertyNames()) {
      if (more.get(name) instanceof ArrayNode items && all.get(name) instanceof ArrayNode known) {
        known.addAll(items);
      }
    }
    return all;
  }

  /** Whether every choice has said why it ended. */
  boolean isComplete() {
    return choices.stream().allMatch(choice -> choice.finish != null);
  }

  /** Whether every choice came to its cap. */
  boolean isCut() {
    return choices.stream().allMatch(choice -> "length".equals(choice.finish));
  }

  /** Ends every choice that has not ended, as at its cap; says which. */
  List<Integer> cut() {
    var open = new ArrayList<Integer>();
    for (int i = 0; i < choices.size(); i++) {
      if (choices.get(i).finish == null) {
        choices.get(i).finish = "length";
        open.add(i);
      }
    }
    return open;
  }

  /** Adds the choices to the object that is the whole answer. */
  void into(ObjectNode body) {
    ArrayNode all = body.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      Choice choice = choices.get(i);
      ObjectNode one = all.addObject();
      one.put("index", i);
      if (kind == Kind.CHAT) {
        ObjectNode message = one.putObject("message");
        message.put("role", "assistant");
        if (!choice.reasoning.isEmpty()) {
          message.put("reasoning_content", choice.reasoning.toString());
        }
        message.put("content", choice.text.toString());
        if (!choice.calls.isEmpty()) {
          message.set("tool_calls", json.valueToTree(choice.calls));
        }
      } else {
        one.put("text", choice.text.toString());
      }
      one.set("logprobs", choice.logprobs == null ? json.nullNode() : choice.logprobs);
      one.put("finish_reason", choice.finish);
    }
  }
}
