package io.r1platform.prompts;

import java.util.List;

/** The answer is the arguments of one tool and nothing else. */
final class NamedCall implements CallReader {
  private final String name;
  private boolean begun;

  NamedCall(String name) {
    this.name = name;
  }

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
    String arguments = begun ? text : text.stripLeading();
    if (arguments.isEmpty()) {
      return Found.NOTHING;
    }
    var delta = new CallDelta(0, begun ? null : name, arguments);
    begun = true;
    return new Found("", List.of(delta));
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
