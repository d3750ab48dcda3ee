package io.r1platform.billing.credit;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /internal/v1/refused-payments}: money that could not be moved waits for a person. */
@RestController
@RequestMapping("/internal/v1/refused-payments")
final class RefusedController {
  private static final int LONGEST_WHY = 500;
  private static final int LONGEST_BY = 200;

  record Waiting(List<RefusedArrivals.Refused> payments, @Nullable String next) {}

  record Resolution(@Nullable String why, @Nullable String by) {}

  private final RefusedArrivals refused;

  RefusedController(RefusedArrivals refused) {
    this.refused = refused;
  }

  @GetMapping
  Waiting list(@RequestParam(defaultValue = "true") boolean open, ListPage page) {
    List<RefusedArrivals.Refused> found = refused.list(open, page);
    return new Waiting(page.of(found), page.next(found, RefusedArrivals.Refused::id));
  }

  @PostMapping("/{id}/resolution")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void resolve(@PathVariable long id, @RequestBody Resolution body) {
    refused.resolve(id, text("why", body.why, LONGEST_WHY), text("by", body.by, LONGEST_BY));
  }

  private static String text(String name, @Nullable String value, int longest) {
    if (value == null || value.isBlank() || value.length() > longest) {
      throw ServiceException.invalidRequest(
          "'%s' has 1 to %d characters.".formatted(name, longest));
    }
    return value.strip();
  }
}
