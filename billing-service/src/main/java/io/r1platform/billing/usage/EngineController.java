package io.r1platform.billing.usage;

import io.r1platform.billing.errors.ServiceException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where engines send their receipts. */
@RestController
final class EngineController {
  private static final int MOST_RECEIPTS = 1_000;
  private static final int MOST_BYTES = 2 << 20;

  record Ack(String nextSeq) {}

  record Ended(String lastSeq, Instant startedAt) {}

  private final EngineIntake intake;
  private final JsonMapper json;

  EngineController(EngineIntake intake, JsonMapper json) {
    this.intake = intake;
    this.json = json;
  }

  @PostMapping(path = "/internal/v1/engine-batches", consumes = MediaType.APPLICATION_JSON_VALUE)
  Ack take(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw ServiceException.badBatch("it is longer than 2 MiB");
    }
    try {
      JsonNode batch = json.readTree(body);
      UUID instance = UUID.fromString(batch.required("instance_id").asString());
      long firstSeq = sequence(batch.required("first_seq").asString());
      List<JsonNode> receipts = batch.required("receipts").valueStream().toList();
      if (receipts.size() > MOST_RECEIPTS || firstSeq < 1) {
        throw ServiceException.badBatch("at most 1,000 receipts, numbered from 1");
      }
      return new Ack(Long.toString(intake.take(instance, firstSeq, receipts)));
    } catch (JacksonException | IllegalArgumentException e) {
      throw ServiceException.badBatch(String.valueOf(e.getMessage()));
    }
  }

  @PostMapping("/internal/v1/engine-instances/{id}/end")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(@PathVariable("id") UUID instance, @RequestBody Ended ended) {
    long lastSeq = sequence(ended.lastSeq);
    if (lastSeq < 0) {
      throw ServiceException.invalidRequest("last_seq must not be negative");
    }
    if (ended.startedAt == null) {
      throw ServiceException.invalidRequest("started_at is missing");
    }
    intake.end(instance, ended.startedAt, lastSeq);
  }

  private static long sequence(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ServiceException.badBatch("not a sequence number: " + value);
    }
  }
}
