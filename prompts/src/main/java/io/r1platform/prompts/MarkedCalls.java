package io.r1platform.prompts;

import java.util.List;
import java.util.Set;

/**
 * Calls between R1's markers. A call goes on when it is whole and its arguments are a JSON object;
 * anything else that stands there, a tool nobody named included, stays content as it came.
 */
final class MarkedCalls implements CallReader {
  private static final String FENCE = "```";

  private final ToolMarkers markers;
  private final Set<String> names;
  private final boolean onlyOne;
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder kind = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private boolean between;
  private boolean open;
  private boolean separated;
  private int calls;

  /** For the tools of these names; if {@code onlyOne}, of the first call. */
  MarkedCalls(ToolMarkers markers, Set<String> names, boolean onlyOne) {
    this.markers = markers;
    this.names = Set.copyOf(names);
    this.onlyOne = onlyOne;
  }

  @Override
  public boolean knows(int id) {
    return markers.contains(id);
  }

  @Override
  public Found marker(int id, String text) {
    if (id == markers.callsBegin()) {
      between = true;
    } else if (id == markers.callsEnd()) {
      Found rest = close();
      between = false;
      return rest;
    } else if (id == markers.callBegin()) {
      Found rest = close();
      open = true;
      raw.append(text);
      return rest;
    } else if (id == markers.separator() && open) {
      separated = true;
      raw.append(text);
    } else if (id == markers.callEnd() && open) {
      raw.append(text);
      return close();
    }
    return Found.NOTHING;
  }

  @Override
  public Found text(String text) {
    if (!open) {
      return Found.content(between && text.isBlank() ? "" : text);
    }
    raw.append(text);
    (separated ? body : kind).append(text);
    return Found.NOTHING;
  }

  /** Where a constraint ends the output, the last call has no end marker. */
  @Override
  public Found finish() {
    return close();
  }

  @Override
  public boolean enough() {
    return onlyOne && calls > 0;
  }

  private Found close() {
    if (!open) {
      return Found.NOTHING;
    }
    Found found = call();
    open = false;
    separated = false;
    raw.setLength(0);
    kind.setLength(0);
    body.setLength(0);
    return found;
  }

  /** R1 writes kind, separator, name and fenced arguments; later models name and arguments. */
  private Found call() {
    String text = body.toString().strip();
    int line = text.indexOf('\n');
    boolean bare = text.startsWith("{");
    String name = bare ? kind.toString().strip() : line < 0 ? text : text.substring(0, line);
    String arguments = unfenced(bare ? text : line < 0 ? "" : text.substring(line + 1));
    if (!names.contains(name.strip()) || !JsonCheck.isObject(arguments) || enough()) {
      return Found.content(raw.toString());
    }
    return new Found("", List.of(new CallDelta(calls++, name.strip(), arguments)));
  }

  private static String unfenced(String text) {
    String inner = text.strip();
    if (inner.startsWith(FENCE)) {
      int line = inner.indexOf('\n');
      inner = line < 0 ? "" : inner.substring(line + 1);
    }
    return inner.endsWith(FENCE)
        ? inner.substring(0, inner.length() - FENCE.length()).strip()
        : inner.strip();
  }
}
