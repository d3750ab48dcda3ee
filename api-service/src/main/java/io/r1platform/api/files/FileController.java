package io.r1platform.api.files;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.statements.FreeCalls;
import io.r1platform.api.statements.Pace;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** {@code /v1/files}: OpenAI's, of the caller's project. Free. */
@RestController
final class FileController {
  private final Files files;
  private final FileSettings settings;
  private final FreeCalls transfers;
  private final FreeCalls ofProjects;
  private final Scheduler threads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("file").start(command));

  /** A file; times are Unix seconds. */
  record FileView(
      String id,
      String object,
      long bytes,
      long created_at,
      long expires_at,
      String filename,
      String purpose,
      String status) {
    static FileView of(StoredFile file) {
      return new FileView(
          StoredFile.wire(file.id()),
          "file",
          file.bytes(),
          file.createdAt().getEpochSecond(),
          file.expiresAt().getEpochSecond(),
          file.filename(),
          file.purpose(),
          "processed");
    }
  }

  record FileList(
      String object,
      List<FileView> data,
      @Nullable String first_id,
      @Nullable String last_id,
      boolean has_more) {}

  record Deleted(String id, String object, boolean deleted) {}

  FileController(Files files, FileSettings settings) {
    this.files = files;
    this.settings = settings;
    this.transfers = new FreeCalls(settings.transfers(), settings.transfersOfOne());
    this.ofProjects = FreeCalls.ofProjects(settings.transfersOfProject());
  }

  private FreeCalls.Place begin(Caller caller) {
    FreeCalls.Place ofProject = ofProjects.begin(caller);
    try {
      FreeCalls.Place place = transfers.begin(caller);
      return () -> {
        place.close();
        ofProject.close();
      };
    } catch (ServiceException e) {
      ofProject.close();
      throw e;
    }
  }

  private Pace pace() {
    return new Pace(settings.grace(), settings.minRate());
  }

  @PostMapping(path = "/v1/files", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  Mono<ResponseEntity<FileView>> upload(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader HttpHeaders headers,
      @RequestBody Flux<PartEvent> parts) {
    String key = KeyedRequest.keyOf(headers);
    String keySha256 =
        key == null
            ? null
            : KeyedRequest.of(caller.projectId(), "/v1/files", key, ByteBuffer.allocate(0))
                .keySha256();
    return Mono.using(
        () -> begin(caller), place -> store(caller, parts, keySha256), FreeCalls.Place::close);
  }

  private Mono<ResponseEntity<FileView>> store(
      Caller caller, Flux<PartEvent> parts, @Nullable String keySha256) {
    var upload = new Upload(files, caller.projectId(), settings.fileLimit().toBytes());
    Pace pace = pace();
    return parts
        .onErrorMap(FileController::isOfParser, failure -> unreadable())
        .map(Upload.Piece::of)
        .doOnNext(piece -> pace.moved(piece.bytes().length))
        .concatMap(piece -> off(() -> upload.add(piece)), 1)
        .takeUntilOther(
            Mono.firstWithSignal(Mono.delay(settings.uploadWait()).then(), pace.fellBehind())
                .then(Mono.error(tooLate())))
        .then(Mono.fromCallable(() -> upload.end(keySha256)).subscribeOn(threads))
        .map(FileController::answer)
        .onErrorResume(failure -> off(upload::abandon).then(Mono.error(failure)))
        .doOnCancel(() -> threads.schedule(upload::abandon));
  }

  /** Spring's parser of parts has no exception of its own for every malformed header. */
  private static boolean isOfParser(Throwable failure) {
    return failure instanceof IndexOutOfBoundsException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException;
  }

  private static ServiceException unreadable() {
    return ServiceException.of(
        ErrorCode.INVALID_TYPE,
        "The form cannot be read: a part's headers are malformed. Nothing was stored.");
  }

  private Mono<Void> off(Runnable work) {
    return Mono.<Void>fromRunnable(work).subscribeOn(threads);
  }

  private static ServiceException tooLate() {
    return ServiceException.of(
        ErrorCode.REQUEST_TIMEOUT, "The upload took too long. Send it again.");
  }

  private static ResponseEntity<FileView> answer(Files.Uploaded uploaded) {
    var answer = ResponseEntity.ok();
    if (uploaded.replayed()) {
      answer.header("x-r1-replayed", "true");
    }
    return answer.body(FileView.of(uploaded.file()));
  }

  @GetMapping("/v1/files")
  FileList list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String purpose,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String order) {
    int most = ListQuery.limit(limit, 1_000, 100);
    if (purpose != null && purpose.chars().anyMatch(Character::isISOControl)) { // nor may a query
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "purpose", "'purpose' has no control characters.");
    }
    StoredFile last = after == null ? null : find(caller, after);
    List<StoredFile> found =
        files.page(caller.projectId(), purpose, last, ListQuery.newestFirst(order), most + 1);
    List<FileView> page = found.stream().limit(most).map(FileView::of).toList();
    return new FileList(
        "list",
        page,
        page.isEmpty() ? null : page.getFirst().id(),
        page.isEmpty() ? null : page.getLast().id(),
        found.size() > most);
  }

  @GetMapping("/v1/files/{id}")
  FileView one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return FileView.of(find(caller, id));
  }

  @GetMapping("/v1/files/{id}/content")
  Mono<Void> content(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      ServerHttpResponse response) {
    return Mono.using(
        () -> begin(caller),
        place ->
            Mono.fromCallable(() -> find(caller, id))
                .subscribeOn(threads)
                .flatMap(file -> send(file, response)),
        FreeCalls.Place::close);
  }

  private Mono<Void> send(StoredFile file, ServerHttpResponse response) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
    headers.setContentLength(file.bytes());
    headers.setContentDisposition(
        ContentDisposition.attachment()
            .filename(file.filename(), java.nio.charset.StandardCharsets.UTF_8)
            .build());
    headers.setCacheControl("no-store");
    FileContent content = files.content(file.id(), file.bytes());
    Flux<DataBuffer> chunks =
        Flux.range(0, content.chunks())
            .concatMap(
                ord ->
                    Mono.fromCallable(() -> response.bufferFactory().wrap(content.chunk(ord)))
                        .subscribeOn(threads),
                1);
    return response
        .writeWith(chunks)
        .timeout(pace().longest(file.bytes()))
        .onErrorMap(TimeoutException.class, slow -> givenUp(response, slow));
  }

  /**
   * The database was too slow to begin with, which is an error; or the client, which hears none.
   */
  private static Throwable givenUp(ServerHttpResponse response, TimeoutException slow) {
    if (response.isCommitted()) {
      Pace.hangUp(response);
      return slow;
    }
    response.getHeaders().clearContentHeaders();
    return ServiceException.because(
        ErrorCode.INTERNAL_ERROR,
        "The file could not be read in time. Nothing was charged. Ask for it again.",
        slow);
  }

  @DeleteMapping("/v1/files/{id}")
  Deleted delete(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    StoredFile file = find(caller, id);
    files.delete(caller.projectId(), file.id());
    return new Deleted(id, "file", true);
  }

  private StoredFile find(Caller caller, String id) {
    return StoredFile.id(id)
        .flatMap((UUID uuid) -> files.find(caller.projectId(), uuid))
        .orElseThrow(
            () ->
                ServiceException.about(
                    ErrorCode.NOT_FOUND,
                    "id",
                    "This file does not exist or this key may not see it."));
  }
}
