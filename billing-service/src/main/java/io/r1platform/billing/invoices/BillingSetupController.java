package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Who is billed, and the table of taxes. */
@RestController
class BillingSetupController {
  record ProfileView(
      String organizationId,
      String name,
      String address,
      @Nullable String country,
      @Nullable String taxNumber,
      @Nullable String email,
      String language,
      String paper,
      int dueDays) {}

  record ProfileBody(
      @Nullable String actor,
      @Nullable String name,
      @Nullable String address,
      @Nullable String country,
      @Nullable String taxNumber,
      @Nullable String email,
      @Nullable String language,
      @Nullable String paper,
      @Nullable Integer dueDays) {}

  record RuleBody(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String organizationId,
      @Nullable String country,
      @Nullable String lineKind,
      @Nullable String code,
      @Nullable String label,
      @Nullable Integer ratePpm,
      @Nullable LocalDate from,
      @Nullable LocalDate to) {}

  record RuleView(
      String taxRuleId,
      @Nullable String organizationId,
      @Nullable String country,
      @Nullable String lineKind,
      String code,
      String label,
      int ratePpm,
      LocalDate from,
      @Nullable LocalDate to,
      String madeBy,
      Instant madeAt) {
    static RuleView of(TaxRules.Rule rule) {
      TaxRules.Terms terms = rule.terms();
      Long tenant = terms.tenantId();
      Line.Kind kind = terms.lineKind();
      return new RuleView(
          Long.toString(rule.id()),
          tenant == null ? null : tenant.toString(),
          terms.country(),
          kind == null ? null : kind.name(),
          terms.code(),
          terms.label(),
          terms.ppm(),
          terms.from(),
          terms.to(),
          rule.madeBy(),
          rule.madeAt());
    }
  }

  record Rules(List<RuleView> taxRules, @Nullable String next) {}

  record Close(@Nullable String actor, @Nullable LocalDate to) {}

  private final Profiles profiles;
  private final TaxRules rules;

  BillingSetupController(Profiles profiles, TaxRules rules) {
    this.profiles = profiles;
    this.rules = rules;
  }

  @GetMapping("/internal/v1/organizations/{id}/billing-profile")
  ProfileView profile(@PathVariable long id) {
    return view(
        id, profiles.find(id).orElseThrow(() -> ServiceException.notFound("This billing profile")));
  }

  @PostMapping("/internal/v1/organizations/{id}/billing-profile")
  ProfileView setProfile(@PathVariable long id, @RequestBody ProfileBody body) {
    var profile =
        new Profiles.Profile(
            Wire.required("name", body.name),
            body.address == null ? "" : body.address,
            body.country,
            body.taxNumber,
            body.email,
            body.language == null ? "en" : body.language,
            body.paper == null ? "A4" : body.paper,
            body.dueDays == null ? 30 : body.dueDays);
    profiles.set(id, profile, Wire.actor(body.actor));
    return view(id, profile);
  }

  @GetMapping("/internal/v1/tax-rules")
  Rules rules(ListPage page) {
    List<RuleView> found = rules.list(page).stream().map(RuleView::of).toList();
    return new Rules(page.of(found), page.next(found, RuleView::taxRuleId));
  }

  @PostMapping("/internal/v1/tax-rules")
  RuleView make(@RequestBody RuleBody body) {
    String kind = body.lineKind;
    var terms =
        new TaxRules.Terms(
            Wire.idOrNull("organization_id", body.organizationId),
            body.country,
            kind == null ? null : Wire.constant("line_kind", Line.Kind.class, kind),
            Wire.required("code", body.code),
            Wire.required("label", body.label),
            Wire.required("rate_ppm", body.ratePpm),
            Wire.required("from", body.from),
            body.to);
    return RuleView.of(rules.make(Wire.command(body.commandId), Wire.actor(body.actor), terms));
  }

  @PostMapping("/internal/v1/tax-rules/{id}/close")
  RuleView close(@PathVariable long id, @RequestBody Close body) {
    Wire.actor(body.actor);
    return RuleView.of(rules.close(id, Wire.required("to", body.to)));
  }

  private static ProfileView view(long id, Profiles.Profile p) {
    return new ProfileView(
        Long.toString(id),
        p.name(),
        p.address(),
        p.country(),
        p.taxNumber(),
        p.email(),
        p.language(),
        p.paper(),
        p.dueDays());
  }
}
