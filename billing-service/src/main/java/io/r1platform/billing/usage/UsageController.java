package io.r1platform.billing.usage;

import io.r1platform.billing.errors.ServiceException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where gateways send their finished requests. */
@RestController
final class UsageController {
  record Ack(String nextSeq, List<UsageIntake.Result> results) {}

  record EpochClosed(String source, String replica, int epoch, String lastSeq) {
    UsageBatch.Stream stream() {
      if (!"gateway".equals(source)) {
        throw ServiceException.invalidRequest("source must be 'gateway'");
      }
      return new UsageBatch.Stream(source, number(replica), epoch);
    }

    long last() {
      long last = number(lastSeq);
      if (last < 0) {
        throw ServiceException.invalidRequest("last_seq must not be negative");
      }
      return last;
    }

    private static long number(String value) {
      try {
        return Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw ServiceException.invalidRequest("not a number: " + value);
      }
    }
  }

  private final UsageIntake intake;
  private final UsageStreams streams;

  UsageController(UsageIntake intake, UsageStreams streams) {
    this.intake = intake;
    this.streams = streams;
  }

  @PostMapping(
      path = "/internal/v1/usage-batches",
      consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  Ack take(HttpServletRequest request) throws IOException {
    UsageIntake.Taken taken = intake.take(UsageBatch.read(request.getInputStream()));
    return new Ack(Long.toString(taken.nextSeq()), taken.results());
  }

  @PostMapping("/internal/v1/epochs/close")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void close(@RequestBody EpochClosed closed) {
    streams.close(closed.stream(), closed.last());
  }
}
