package io.r1platform.billing.bundles;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.IssuedInvoices;
import io.r1platform.billing.invoices.IssuedInvoices.Issued;
import io.r1platform.billing.pages.ListPage;
import io.r1platform.billing.questions.TenantQuestions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an organization was sent, for its own programs. The gateway says whose they are; a draft, or
 * what another organization was sent, does not exist here.
 */
@RestController
@RequestMapping("/internal/v1/organizations/{organization}/invoices")
class IssuedController {
  record Page(List<Statement> invoices, @Nullable String next) {}

  /** {@code bundle}: whether it has one. */
  record Statement(InvoiceView invoice, String credited, String due, boolean bundle) {}

  private final IssuedInvoices invoices;
  private final BundleTable bundles;
  private final TenantQuestions questions;

  IssuedController(IssuedInvoices invoices, BundleTable bundles, TenantQuestions questions) {
    this.invoices = invoices;
    this.bundles = bundles;
    this.questions = questions;
  }

  /** The newest first, without lines. */
  @GetMapping
  Page list(@PathVariable long organization, ListPage page) {
    return questions.answer(
        organization,
        () -> {
          List<Issued> found = invoices.list(organization, page);
          List<Statement> shown = statements(page.of(found));
          return new Page(shown, page.next(found, issued -> issued.invoice().invoiceId()));
        });
  }

  @GetMapping("/{id}")
  Statement get(@PathVariable long organization, @PathVariable long id) {
    return questions.answer(
        organization,
        () -> {
          Issued found =
              invoices
                  .find(organization, id)
                  .orElseThrow(() -> ServiceException.notFound("Invoice " + id));
          return statements(List.of(found)).getFirst();
        });
  }

  private List<Statement> statements(List<Issued> issued) {
    Set<Long> bundled = bundles.bundled(issued.stream().map(IssuedController::id).toList());
    return issued.stream()
        .map(
            one ->
                new Statement(one.invoice(), one.credited(), one.due(), bundled.contains(id(one))))
        .toList();
  }

  private static long id(Issued issued) {
    return Long.parseLong(issued.invoice().invoiceId());
  }
}
