package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * The log of receipts as C2SP's tlog-tiles serves it, for anybody, below {@code /log}: checkpoint,
 * keys and tiles of hashes. Entries are their owners' alone. So many at once.
 */
@RestController
class LogController {
  private static final int MOST = 8;
  private static final Duration LATER = Duration.ofSeconds(2);
  private static final String TILE = "[0-9]/(x[0-9]{3}/){0,5}[0-9]{3}(\\.p/[1-9][0-9]{0,2})?";

  private final BillingReads billing;
  private final Semaphore calls = new Semaphore(MOST);

  LogController(BillingReads billing) {
    this.billing = billing;
  }

  @GetMapping("/log/checkpoint")
  ResponseEntity<byte[]> checkpoint() {
    return answer("checkpoint", CacheControl.maxAge(Duration.ofSeconds(1)), MediaType.TEXT_PLAIN);
  }

  @GetMapping("/log/keys")
  ResponseEntity<byte[]> keys() {
    return answer("keys", CacheControl.noCache(), MediaType.TEXT_PLAIN);
  }

  @GetMapping("/log/tile/{*path}")
  ResponseEntity<byte[]> tile(@PathVariable String path) {
    String tile = path.substring(1);
    if (!tile.matches(TILE)) {
      throw ServiceException.notFound("This tile");
    }
    return answer(
        "tile/" + tile,
        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable(),
        MediaType.APPLICATION_OCTET_STREAM);
  }

  private ResponseEntity<byte[]> answer(String what, CacheControl caching, MediaType type) {
    if (!calls.tryAcquire()) {
      throw ServiceException.later(
          ErrorCode.ENGINE_OVERLOADED, LATER, "The log is asked too much now. Send it again.");
    }
    try {
      HttpResponse<byte[]> answer = billing.raw("/internal/v1/log/" + what);
      if (answer.statusCode() != 200) {
        throw ServiceException.notFound("This part of the log");
      }
      return ResponseEntity.ok().cacheControl(caching).contentType(type).body(answer.body());
    } finally {
      calls.release();
    }
  }
}
