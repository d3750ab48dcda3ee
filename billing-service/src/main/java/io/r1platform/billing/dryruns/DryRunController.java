package io.r1platform.billing.dryruns;

import io.r1platform.billing.errors.ServiceException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /internal/v1/dry-run/…}: runs the command of the same path without {@code dry-run} in
 * a transaction that is rolled back, and answers as it would. A path of its own, so that a service
 * that knows no dry runs refuses instead of doing it.
 */
@RestController
final class DryRunController {
  private static final String BASE = "/internal/v1/";
  private static final String PREFIX = BASE + "dry-run/";

  /** Commands of people. Usage, leases and epochs are no such commands. */
  private static final Pattern COMMANDS =
      Pattern.compile(
          "budgets(/[0-9]+(/(increases|close))?)?"
              + "|webhook-targets(/[0-9]+/close)?"
              + "|organizations/[0-9]+/credit/(top-ups|grants|payments|terms|reversals)"
              + "|commitments(/[0-9]+/cancel)?"
              + "|prices/drafts(/[0-9]+(/(discard|publish))?)?"
              + "|prices/versions/[0-9]+/(close|rerate)"
              + "|prices/calendars/[A-Za-z0-9._-]+"
              + "|held/(receipts/)?[0-9]+/decision"
              + "|streams/holes"
              + "|refused-payments/[0-9]+/resolution"
              + "|invoices/[0-9]+/(finalize|void|credit-notes|waivers|deliveries/[0-9]+/retry)"
              + "|tax-rules(/[0-9]+/close)?"
              + "|export-jobs(/[0-9]+/(cancel|resume))?"
              + "|export-schedules(/[0-9]+/(pause|resume|close))?"
              + "|organizations/[0-9]+/billing-profile");

  private final TransactionTemplate transaction;

  DryRunController(TransactionTemplate transaction) {
    this.transaction = transaction;
  }

  @PostMapping(PREFIX + "**")
  void run(HttpServletRequest request, HttpServletResponse response) {
    String command = request.getServletPath().substring(PREFIX.length());
    if (!COMMANDS.matcher(command).matches()) {
      throw ServiceException.notFound("A dry run of this");
    }
    transaction.executeWithoutResult(
        status -> {
          status.setRollbackOnly();
          forward(request, response, BASE + command);
        });
  }

  private static void forward(
      HttpServletRequest request, HttpServletResponse response, String path) {
    try {
      request.getRequestDispatcher(path).forward(request, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
  }
}
