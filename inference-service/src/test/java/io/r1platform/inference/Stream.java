package io.r1platform.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A stream as a client reads it. */
record Stream(List<Event> events, boolean done) {
  /**
   * One event.
   *
   * @param id output tokens so far
   * @param data its object
   */
  record Event(int id, JsonNode data) {}

  static Stream of(String body) {
    var events = new ArrayList<Event>();
    boolean done = false;
    for (String block : body.split("\n\n", -1)) {
      int id = -1;
      String data = "";
      for (String line : block.split("\n", -1)) {
        if (line.startsWith("id: ")) {
          id = Integer.parseInt(line.substring(4));
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        }
      }
      if (data.equals("[DONE]")) {
        done = true;
      } else if (!data.isEmpty()) {
        events.add(new Event(id, RunningService.json(data)));
      }
    }
    return new Stream(events, done);
  }

  int lastId() {
    return events.getLast().id();
  }

  JsonNode usageChunk() {
    return events.getLast().data();
  }

  String text(String field) {
    return events.stream()
        .map(event -> event.data().path("choices").path(0).path("delta").path(field).asString(""))
        .collect(Collectors.joining());
  }
}
