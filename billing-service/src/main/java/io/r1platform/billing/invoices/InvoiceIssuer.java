package io.r1platform.billing.invoices;

import org.springframework.stereotype.Component;

/** Who issues invoices, for other modules. */
@Component
public class InvoiceIssuer {
  private final InvoiceSettings settings;

  InvoiceIssuer(InvoiceSettings settings) {
    this.settings = settings;
  }

  /** As it is on invoices from now on. */
  public String name() {
    return settings.issuer();
  }
}
