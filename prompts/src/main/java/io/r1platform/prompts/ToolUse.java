package io.r1platform.prompts;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request and how they may be called.
 *
 * @param tools at least one, unless nothing is to be called
 * @param form how the model writes its calls
 * @param onlyOne whether one call at most is wanted
 */
public record ToolUse(List<Tool> tools, Form form, boolean onlyOne) {
  /** No tools. */
  public static final ToolUse NONE = new ToolUse(List.of(), Form.MARKED, false);

  /** How calls are written. */
  public enum Form {
    /** Between R1's markers, if the model wants to. */
    MARKED,
    /** As JSON with name and arguments; in an array unless only one is wanted. */
    LISTED,
    /** As the arguments of the one tool. */
    NAMED
  }

  /** Takes a copy. */
  public ToolUse {
    tools = List.copyOf(tools);
    if (form == Form.NAMED && tools.size() != 1) {
      throw new IllegalArgumentException("the form NAMED needs one tool");
    }
  }

  /** What finds the calls in an answer; null without tools. */
  @Nullable CallReader reader(@Nullable ToolMarkers markers) {
    if (tools.isEmpty()) {
      return null;
    }
    return switch (form) {
      case MARKED -> marked(markers);
      case LISTED -> new ListedCalls();
      case NAMED -> new NamedCall(tools.getFirst().name());
    };
  }

  private CallReader marked(@Nullable ToolMarkers markers) {
    if (markers == null) {
      throw new IllegalArgumentException("the vocabulary has no markers of tool calls");
    }
    return new MarkedCalls(
        markers, tools.stream().map(Tool::name).collect(Collectors.toSet()), onlyOne);
  }
}
