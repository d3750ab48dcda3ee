package io.r1platform.standalone.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One check of the audit trail's chains.
 *
 * @param events rows that were looked at
 * @param broken organizations whose chain is broken; 0 is the site's
 * @param newest the newest row before it, to be kept elsewhere: its chain, number there and hash
 */
public record AuditCheck(String events, List<String> broken, String newest) {
  /** Copies the list. */
  public AuditCheck {
    broken = List.copyOf(broken);
  }

  /** Has the service compute all hashes again. */
  public static AuditCheck run(AdminApi api) {
    JsonNode row = api.get("/admin/api/audit?limit=1").path("items").path(0);
    JsonNode report = api.post("/admin/api/audit/check", Map.of());
    List<String> broken = new ArrayList<>();
    report.path("broken_chains").forEach(chain -> broken.add(chain.asString()));
    if (!report.path("whole").isBoolean() || report.path("whole").asBoolean() != broken.isEmpty()) {
      throw new IllegalStateException("the check's answer contradicts itself: " + report);
    }
    String newest =
        row.isObject()
            ? "chain=%s sequence=%s hash=%s"
                .formatted(
                    row.path("organization_id").asString("0"),
                    row.path("sequence").asString(),
                    row.path("hash").asString())
            : "none";
    return new AuditCheck(report.path("events").asString(), broken, newest);
  }

  /** Whether every chain adds up. */
  public boolean isWhole() {
    return broken.isEmpty();
  }

  /** The last line of {@code ./r1 audit verify}. */
  public String line() {
    return "audit events=%s broken=%d".formatted(events, broken.size());
  }
}
