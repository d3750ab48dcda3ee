package io.r1platform.api.security;

import static io.r1platform.api.people.Permission.AUDIT_READ;
import static io.r1platform.api.people.Permission.BUDGETS_READ;
import static io.r1platform.api.people.Permission.BUDGETS_WRITE;
import static io.r1platform.api.people.Permission.CONTENT_READ;
import static io.r1platform.api.people.Permission.CREDIT_READ;
import static io.r1platform.api.people.Permission.EXPORTS_READ;
import static io.r1platform.api.people.Permission.INVOICES_READ;
import static io.r1platform.api.people.Permission.KEYS_READ;
import static io.r1platform.api.people.Permission.KEYS_WRITE;
import static io.r1platform.api.people.Permission.MEMBERS_READ;
import static io.r1platform.api.people.Permission.MEMBERS_WRITE;
import static io.r1platform.api.people.Permission.OVERVIEW_READ;
import static io.r1platform.api.people.Permission.PROJECTS_CREATE;
import static io.r1platform.api.people.Permission.PROJECTS_WRITE;
import static io.r1platform.api.people.Permission.SITE;
import static io.r1platform.api.people.Permission.TENANTS_READ;
import static io.r1platform.api.people.Permission.USAGE_READ;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.PATCH;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import io.r1platform.api.people.Permission;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which permission opens which route of the admin API. A route that is not here does not exist,
 * whoever serves it. Paths are matched as the routes themselves are.
 */
final class AdminRoutes {
  static final List<Entry> TABLE =
      List.of(
          new Entry(GET, "/openapi.json", TENANTS_READ),
          new Entry(GET, "/organizations", TENANTS_READ),
          new Entry(POST, "/organizations", SITE),
          new Entry(PATCH, "/organizations/{id}", SITE),
          new Entry(POST, "/organizations/{id}/suspend", SITE),
          new Entry(POST, "/organizations/{id}/resume", SITE),
          new Entry(GET, "/organizations/{id}/credit", CREDIT_READ),
          new Entry(POST, "/organizations/{id}/credit/top-ups", SITE),
          new Entry(POST, "/organizations/{id}/credit/grants", SITE),
          new Entry(POST, "/organizations/{id}/credit/payments", SITE),
          new Entry(POST, "/organizations/{id}/credit/terms", SITE),
          new Entry(POST, "/organizations/{id}/credit/reversals", SITE),
          new Entry(GET, "/projects", TENANTS_READ),
          new Entry(POST, "/projects", PROJECTS_CREATE),
          new Entry(PUT, "/projects/{id}/models", PROJECTS_WRITE),
          new Entry(PUT, "/projects/{id}/content", PROJECTS_WRITE),
          new Entry(GET, "/keys", KEYS_READ),
          new Entry(POST, "/keys", KEYS_WRITE),
          new Entry(PUT, "/keys/{id}", KEYS_WRITE),
          new Entry(POST, "/keys/{id}/rotate", KEYS_WRITE),
          new Entry(DELETE, "/keys/{id}", KEYS_WRITE),
          new Entry(GET, "/limits/{scope}/{id}", KEYS_READ),
          new Entry(PUT, "/limits/{scope}/{id}", SITE),
          new Entry(GET, "/members", MEMBERS_READ),
          new Entry(PUT, "/members/{id}", MEMBERS_WRITE),
          new Entry(DELETE, "/members/{id}", MEMBERS_WRITE),
          new Entry(GET, "/people", SITE),
          new Entry(PUT, "/people/{id}", SITE),
          new Entry(GET, "/roles", TENANTS_READ),
          new Entry(GET, "/roles/mapping", MEMBERS_READ),
          new Entry(GET, "/roles/holders", OVERVIEW_READ),
          new Entry(GET, "/invitations", MEMBERS_READ),
          new Entry(POST, "/invitations", MEMBERS_WRITE),
          new Entry(DELETE, "/invitations/{id}", MEMBERS_WRITE),
          new Entry(GET, "/overview", OVERVIEW_READ),
          new Entry(GET, "/usage", USAGE_READ),
          new Entry(GET, "/usage/reference", OVERVIEW_READ),
          new Entry(GET, "/requests", USAGE_READ),
          new Entry(GET, "/requests/{id}", USAGE_READ),
          new Entry(GET, "/requests/{id}/content", CONTENT_READ),
          new Entry(GET, "/requests/{id}/receipt", USAGE_READ),
          new Entry(GET, "/exports/{dataset}", EXPORTS_READ),
          new Entry(GET, "/exports/options", EXPORTS_READ),
          new Entry(GET, "/exports/runs/{id}/manifest", SITE),
          new Entry(GET, "/exports/jobs", EXPORTS_READ),
          new Entry(POST, "/exports/jobs", EXPORTS_READ),
          new Entry(GET, "/exports/jobs/{id}", EXPORTS_READ),
          new Entry(POST, "/exports/jobs/{id}/cancel", EXPORTS_READ),
          new Entry(POST, "/exports/jobs/{id}/resume", EXPORTS_READ),
          new Entry(GET, "/exports/jobs/{id}/files/{name}", EXPORTS_READ),
          new Entry(GET, "/exports/schedules", SITE),
          new Entry(POST, "/exports/schedules", SITE),
          new Entry(GET, "/exports/schedules/{id}", SITE),
          new Entry(POST, "/exports/schedules/{id}/pause", SITE),
          new Entry(POST, "/exports/schedules/{id}/resume", SITE),
          new Entry(POST, "/exports/schedules/{id}/close", SITE),
          new Entry(GET, "/audit", AUDIT_READ),
          new Entry(GET, "/audit/check", AUDIT_READ),
          new Entry(POST, "/audit/check", SITE),
          new Entry(GET, "/budgets", BUDGETS_READ),
          new Entry(GET, "/budgets/alerts", BUDGETS_READ),
          new Entry(GET, "/budgets/targets", SITE),
          new Entry(GET, "/budgets/{id}", BUDGETS_READ),
          new Entry(POST, "/budgets", BUDGETS_WRITE),
          new Entry(POST, "/budgets/{id}", BUDGETS_WRITE),
          new Entry(POST, "/budgets/{id}/increases", BUDGETS_WRITE),
          new Entry(POST, "/budgets/{id}/close", BUDGETS_WRITE),
          new Entry(POST, "/budgets/targets", SITE),
          new Entry(POST, "/budgets/targets/{id}/close", SITE),
          new Entry(GET, "/adjustments", SITE),
          new Entry(GET, "/adjustments/reratings", SITE),
          new Entry(POST, "/adjustments/reratings", SITE),
          new Entry(GET, "/adjustments/commitments", SITE),
          new Entry(POST, "/adjustments/commitments", SITE),
          new Entry(POST, "/adjustments/commitments/{id}/cancel", SITE),
          new Entry(GET, "/invoices", INVOICES_READ),
          new Entry(GET, "/invoices/{id}", INVOICES_READ),
          new Entry(GET, "/invoices/{id}/pdf", INVOICES_READ),
          new Entry(GET, "/invoices/{id}/bundle", INVOICES_READ),
          new Entry(POST, "/invoices/{id}/finalize", SITE),
          new Entry(POST, "/invoices/{id}/void", SITE),
          new Entry(POST, "/invoices/{id}/credit-notes", SITE),
          new Entry(POST, "/invoices/{id}/waivers", SITE),
          new Entry(GET, "/invoices/{id}/deliveries", INVOICES_READ),
          new Entry(POST, "/invoices/{id}/deliveries/{delivery}/retry", SITE),
          new Entry(GET, "/invoices/profiles/{id}", INVOICES_READ),
          new Entry(POST, "/invoices/profiles/{id}", SITE),
          new Entry(GET, "/invoices/revenue", SITE),
          new Entry(GET, "/invoices/tax-rules", SITE),
          new Entry(POST, "/invoices/tax-rules", SITE),
          new Entry(POST, "/invoices/tax-rules/{id}/close", SITE),
          new Entry(GET, "/held", SITE),
          new Entry(GET, "/held/receipts", SITE),
          new Entry(POST, "/held/{id}/decision", SITE),
          new Entry(POST, "/held/receipts/{id}/decision", SITE),
          new Entry(POST, "/streams/holes", SITE),
          new Entry(GET, "/refused-payments", SITE),
          new Entry(POST, "/refused-payments/{id}/resolution", SITE),
          new Entry(GET, "/prices/versions", SITE),
          new Entry(GET, "/prices/versions/{id}", SITE),
          new Entry(POST, "/prices/versions/{id}/close", SITE),
          new Entry(POST, "/prices/versions/{id}/preview", SITE),
          new Entry(POST, "/prices/drafts", SITE),
          new Entry(POST, "/prices/drafts/{id}", SITE),
          new Entry(POST, "/prices/drafts/{id}/discard", SITE),
          new Entry(POST, "/prices/drafts/{id}/publish", SITE),
          new Entry(GET, "/prices/calendars/{name}", SITE),
          new Entry(POST, "/prices/calendars/{name}", SITE),
          new Entry(GET, "/reconciliation", SITE),
          new Entry(GET, "/reconciliation/days", SITE),
          new Entry(GET, "/reconciliation/corrections", SITE),
          new Entry(GET, "/upstreams", SITE),
          new Entry(POST, "/upstreams", SITE),
          new Entry(GET, "/upstreams/{id}", SITE),
          new Entry(PUT, "/upstreams/{id}", SITE),
          new Entry(DELETE, "/upstreams/{id}", SITE),
          new Entry(POST, "/upstreams/{id}/probe", SITE),
          new Entry(GET, "/system", SITE));

  /** One route. */
  record Entry(HttpMethod method, PathPattern path, Permission permission) {
    Entry(HttpMethod method, String path, Permission permission) {
      this(method, PathPatternParser.defaultInstance.parse("/admin/api" + path), permission);
    }
  }

  private AdminRoutes() {}

  /** What the route needs; nothing if there is no such route. */
  static Optional<Permission> permission(HttpMethod method, PathContainer path) {
    HttpMethod asked = method.equals(HEAD) ? GET : method;
    return TABLE.stream()
        .filter(entry -> entry.method.equals(asked) && entry.path.matches(path))
        .min(Comparator.comparing(Entry::path))
        .map(Entry::permission);
  }
}
