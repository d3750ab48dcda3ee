package io.r1platform.api.contents;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.statements.FreeCalls;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /v1/requests/{id}/content}: the prompt and the answer of a request of the caller's
 * project, if that keeps them. Any other one does not exist. The admin API shows them too, to
 * people of the project only.
 */
@RestController
final class ContentController {
  private static final String PREFIX = "(chatcmpl-|cmpl-)?";
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final int MOST_READS = 16;
  private static final int MOST_READS_OF_ONE = 4;

  private final Contents contents;
  private final JournalReports journal;
  private final FreeCalls reads = new FreeCalls(MOST_READS, MOST_READS_OF_ONE);

  /**
   * What is stored.
   *
   * @param createdAt when the request was admitted, RFC 3339
   * @param expiresAt when it is deleted
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record View(
      String id,
      String object,
      String createdAt,
      String expiresAt,
      Request request,
      Response response) {}

  /** The request's body as it came, as text. */
  record Request(String path, String body) {}

  /** The answer as it went out, as text; null where it was refused after it had begun. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Response(int status, @Nullable String contentType, @Nullable String body) {}

  ContentController(Contents contents, JournalReports journal) {
    this.contents = contents;
    this.journal = journal;
  }

  @GetMapping("/v1/requests/{id}/content")
  View one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    UUID uuid = uuid(id);
    try (var _ = reads.begin(caller)) {
      return contents
          .read(caller.projectId(), uuid)
          .map(found -> view(uuid, found))
          .orElseThrow(ContentController::unknown);
    }
  }

  /** Deletes it, also where it is still to be written. */
  @DeleteMapping("/v1/requests/{id}/content")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    UUID uuid = uuid(id);
    long project = caller.projectId();
    if (contents.delete(project, uuid)) {
      return;
    }
    if (journal.find(uuid).filter(entry -> entry.projectId() == project).isEmpty()) {
      throw unknown();
    }
    contents.forbid(project, uuid);
  }

  private static View view(UUID id, StoredContent found) {
    return new View(
        id.toString(),
        "request.content",
        found.createdAt().toString(),
        found.expiresAt().toString(),
        new Request(found.path(), found.request()),
        new Response(found.status(), found.contentType(), found.answer()));
  }

  private static UUID uuid(String id) {
    if (!id.matches(PREFIX + ID)) {
      throw unknown();
    }
    return UUID.fromString(id.replaceFirst("^" + PREFIX, ""));
  }

  private static ServiceException unknown() {
    return ServiceException.about(
        ErrorCode.NOT_FOUND,
        "id",
        "No prompt and answer of this request are stored, or this key may not see them.");
  }
}
