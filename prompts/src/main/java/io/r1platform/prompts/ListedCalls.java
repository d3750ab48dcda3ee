package io.r1platform.prompts;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer is {@code {"name":…,"arguments":{…}}} or an array of those, in this order of members:
 * a constraint sees to it. Arguments go on as they come.
 */
final class ListedCalls implements CallReader {
  private enum At {
    NAME_KEY,
    NAME_BEGIN,
    NAME,
    ARGUMENTS_KEY,
    ARGUMENTS_BEGIN,
    ARGUMENTS,
    END
  }

  private final StringBuilder name = new StringBuilder();
  private At at = At.NAME_KEY;
  private int index = -1;
  private int depth;
  private boolean inString;
  private boolean escaped;

  @Override
  public boolean knows(int id) {
    return false;
  }

  @Override
  public Found marker(int id, String text) {
    return Found.NOTHING;
  }

  @Override
  public Found text(String text) {
    var deltas = new ArrayList<CallDelta>();
    var arguments = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (at) {
        case NAME_KEY -> at = c == ':' ? At.NAME_BEGIN : at;
        case NAME_BEGIN -> at = c == '"' ? At.NAME : at;
        case NAME -> {
          if (c == '"') {
            deltas.add(new CallDelta(++index, name.toString(), ""));
            name.setLength(0);
            at = At.ARGUMENTS_KEY;
          } else {
            name.append(c);
          }
        }
        case ARGUMENTS_KEY -> at = c == ':' ? At.ARGUMENTS_BEGIN : at;
        case ARGUMENTS_BEGIN -> {
          if (c == '{') {
            depth = 1;
            arguments.append(c);
            at = At.ARGUMENTS;
          }
        }
        case ARGUMENTS -> {
          arguments.append(c);
          if (closes(c)) {
            flush(arguments, deltas);
            at = At.END;
          }
        }
        case END -> at = c == '}' ? At.NAME_KEY : at;
      }
    }
    flush(arguments, deltas);
    return deltas.isEmpty() ? Found.NOTHING : new Found("", List.copyOf(deltas));
  }

  private void flush(StringBuilder arguments, List<CallDelta> deltas) {
    if (!arguments.isEmpty()) {
      deltas.add(new CallDelta(index, null, arguments.toString()));
      arguments.setLength(0);
    }
  }

  /** Whether this character ends the object. */
  private boolean closes(char c) {
    if (inString) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        inString = false;
      }
      return false;
    }
    switch (c) {
      case '"' -> inString = true;
      case '{' -> depth++;
      case '}' -> depth--;
      default -> {}
    }
    return depth == 0;
  }

  @Override
  public Found finish() {
    return Found.NOTHING;
  }

  @Override
  public boolean enough() {
    return false;
  }
}
