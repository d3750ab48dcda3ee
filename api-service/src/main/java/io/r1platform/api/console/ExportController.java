package io.r1platform.api.console;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /admin/api/exports}: billing's files, passed on as they come. */
@RestController
@RequestMapping("/admin/api/exports")
final class ExportController {
  private static final String RUN_ID = "x-r1-export-id";

  private final Access access;
  private final Tenancy tenancy;
  private final BillingReports billing;

  ExportController(Access access, Tenancy tenancy, BillingReports billing) {
    this.access = access;
    this.tenancy = tenancy;
    this.billing = billing;
  }

  @GetMapping("/{dataset}")
  ResponseEntity<Flow.Publisher<ByteBuffer>> export(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String dataset,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.EXPORTS_READ);
    if (!dataset.matches("[a-z][a-z_]{0,62}")) {
      throw ServiceException.of(ErrorCode.UNKNOWN_DATASET, "There is no such dataset.");
    }
    var query = Query.of(parameters, "from", "to", "organization_id", "format");
    HttpResponse<InputStream> file =
        billing.open(
            tenancy.withinOrganization(reach, query).on("/internal/v1/exports/" + dataset));
    var answer = ResponseEntity.ok();
    file.headers().firstValue(RUN_ID).ifPresent(run -> answer.header(RUN_ID, run));
    return answer
        .header(
            HttpHeaders.CONTENT_TYPE,
            file.headers().firstValue(HttpHeaders.CONTENT_TYPE).orElse("text/csv"))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(dataset + ".csv").build().toString())
        .body(new StreamedBody(file.body()));
  }

  /** What jobs can be ordered of: datasets with their columns, formats; targets to the operator. */
  @GetMapping("/options")
  JsonNode options(@AuthenticationPrincipal @Nullable Principal principal) {
    Reach reach = access.reach(principal, Permission.EXPORTS_READ);
    ObjectNode options = billing.read("/internal/v1/export-jobs/options");
    if (!reach.everywhere()) {
      options.putArray("targets");
    }
    return options;
  }

  @GetMapping("/runs/{id}/manifest")
  JsonNode manifest(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable String id) {
    access.operator(principal);
    if (!id.matches("[0-9a-fA-F-]{1,36}")) {
      throw ServiceException.notFound("This export");
    }
    return billing
        .find("/internal/v1/exports/runs/" + id + "/manifest")
        .orElseThrow(() -> ServiceException.notFound("The manifest of this export"));
  }
}
