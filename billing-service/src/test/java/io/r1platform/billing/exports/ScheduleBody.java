package io.r1platform.billing.exports;

import java.util.UUID;

/** What orders a schedule of CSV files in the folder {@code share}. */
final class ScheduleBody {
  private ScheduleBody() {}

  static String body(long tenant, String dataset, String period, String rhythm) {
    return """
    {"command_id": "%s", "actor": "ada@example.org", "dataset": "%s", "organization_id": "%d",
     "format": "csv", "target": "share", "period": "%s", "rhythm": "%s"}
    """
        .formatted(UUID.randomUUID(), dataset, tenant, period, rhythm);
  }

  /** The same, beginning then. */
  static String since(String body, String from) {
    return body.replace("\"format\"", "\"from\": \"" + from + "\", \"format\"");
  }
}
