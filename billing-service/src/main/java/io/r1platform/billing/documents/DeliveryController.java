package io.r1platform.billing.documents;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.InvoiceView;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who gets word of an invoice, whether they did, and another try where it was given up. */
@RestController
@RequestMapping("/internal/v1/invoices/{id}/deliveries")
class DeliveryController {

  record Deliveries(
      String invoiceId, String organizationId, List<Outbox.DeliveryView> deliveries) {}

  private final Outbox outbox;
  private final Pdfs pdfs;

  DeliveryController(Outbox outbox, Pdfs pdfs) {
    this.outbox = outbox;
    this.pdfs = pdfs;
  }

  /** In the order in which they were made. */
  @GetMapping
  Deliveries list(@PathVariable long id) {
    InvoiceView invoice = pdfs.invoice(id);
    return new Deliveries(invoice.invoiceId(), invoice.organizationId(), outbox.of(id));
  }

  /** Makes one that was given up due again, with all its attempts. */
  @PostMapping("/{delivery}/retry")
  Deliveries retry(@PathVariable long id, @PathVariable long delivery) {
    if (!outbox.retry(id, delivery)) {
      throw ServiceException.invalidRequest(
          "It was not given up, or what it tells does not hold any more.");
    }
    return list(id);
  }
}
