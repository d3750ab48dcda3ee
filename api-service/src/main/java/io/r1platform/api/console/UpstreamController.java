package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.upstreams.ProbeReport;
import io.r1platform.api.upstreams.Standing;
import io.r1platform.api.upstreams.Upstream;
import io.r1platform.api.upstreams.UpstreamTerms;
import io.r1platform.api.upstreams.UpstreamView;
import io.r1platform.api.upstreams.Upstreams;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /admin/api/upstreams}: servers of others behind this site's models, for operators. Each is
 * probed before it is registered or changed; with {@code dry_run=true} that is all. A key is taken
 * and never given back.
 */
@RestController
@RequestMapping("/admin/api/upstreams")
final class UpstreamController {
  private static final String KIND = "upstream";
  private static final int DEFAULT_FIRST_TOKEN = 60;
  private static final int DEFAULT_PRIORITY = 20;

  private final Access access;
  private final Upstreams upstreams;
  private final ModelNames models;
  private final AuditTrail audit;
  private final Writes writes;

  UpstreamController(
      Access access, Upstreams upstreams, ModelNames models, AuditTrail audit, Writes writes) {
    this.access = access;
    this.upstreams = upstreams;
    this.models = models;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping
  Items list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-created_at");
    Long last = paging.afterId();
    Paging.Page<Item> page =
        paging.page(
            upstreams.page(last == null ? Long.MAX_VALUE : last, paging.look()),
            UpstreamView::id,
            this::item);
    return new Items(page.items(), page.next(), upstreams.own().stream().map(OwnItem::of).toList());
  }

  @GetMapping("/{id}")
  ResponseEntity<Item> one(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable long id) {
    access.operator(principal);
    Item item = item(upstreams.upstream(id));
    return ResponseEntity.ok().eTag(item.version()).body(item);
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody Terms body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    UpstreamTerms terms = terms(body);
    ProbeReport report = upstreams.probe(terms, null);
    ResponseEntity<byte[]> answer =
        writes.own(
            write,
            () -> {
              UpstreamView view = upstreams.register(terms, report);
              record(write, "upstream.registered", view.id(), null, plain(view));
              Item made = item(view);
              return write.isDryRun()
                  ? new Writes.Made(HttpStatus.OK, null, Effect.of(null, made, report))
                  : Writes.Made.created(made.version(), made);
            });
    upstreams.changed();
    return answer;
  }

  @PutMapping("/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Terms body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    long version = Fields.version(ifMatch);
    UpstreamTerms terms = terms(body);
    ProbeReport report = terms.enabled() ? upstreams.probe(terms, id) : null; // a sick one too
    ResponseEntity<byte[]> answer =
        writes.own(
            write,
            () -> item(upstreams.upstream(id)),
            () -> {
              Item was = item(upstreams.upstream(id));
              Plain before = plain(upstreams.upstream(id));
              UpstreamView view = upstreams.change(id, version, terms, report);
              record(write, "upstream.changed", id, before, plain(view));
              Item is = item(view);
              return write.isDryRun()
                  ? new Writes.Made(HttpStatus.OK, null, Effect.of(was, is, report))
                  : Writes.Made.ok(is.version(), is);
            });
    upstreams.changed();
    return answer;
  }

  @DeleteMapping("/{id}")
  ResponseEntity<byte[]> remove(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    long version = Fields.version(ifMatch);
    ResponseEntity<byte[]> answer =
        writes.own(
            write,
            () -> item(upstreams.upstream(id)),
            () -> {
              Item was = item(upstreams.upstream(id));
              Plain before = plain(upstreams.upstream(id));
              upstreams.remove(id, version);
              record(write, "upstream.removed", id, before, null);
              return write.isDryRun()
                  ? new Writes.Made(HttpStatus.OK, null, Effect.of(was, null, null))
                  : new Writes.Made(HttpStatus.NO_CONTENT, null, null);
            });
    upstreams.changed();
    return answer;
  }

  /** Probes a registered server again. Takes no request away from it, whatever is found. */
  @PostMapping("/{id}/probe")
  ResponseEntity<byte[]> probe(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    ProbeReport report = upstreams.probeAgain(id);
    return writes.own(
        write,
        () -> {
          if (report.isFit()) {
            upstreams.noteProbe(id);
          }
          record(write, "upstream.probed", id, null, Probed.of(report));
          return probed(report);
        });
  }

  private static Writes.Made probed(ProbeReport report) {
    return new Writes.Made(HttpStatus.OK, null, Probed.of(report));
  }

  private void record(
      Write write, String action, long id, @Nullable Object before, @Nullable Object after) {
    audit.record(write.actor(), new Change(action, KIND, Long.toString(id), null, before, after));
  }

  private UpstreamTerms terms(Terms body) {
    List<ModelItem> wanted = body.models() == null ? List.of() : body.models();
    return new UpstreamTerms(
        Fields.required("name", body.name()),
        url(Fields.required("url", body.url())),
        body.apiKey(),
        body.trusted(),
        body.enabled() == null || body.enabled(),
        body.cacheSalt() != null && body.cacheSalt(),
        Objects.requireNonNullElse(body.startWithinSeconds(), DEFAULT_FIRST_TOKEN),
        wanted.stream().map(this::model).toList());
  }

  private UpstreamTerms.ModelTerms model(ModelItem item) {
    String model = Fields.required("models.model", item.model());
    return new UpstreamTerms.ModelTerms(
        models.id(model),
        Fields.required("models.upstream_name", item.upstreamName()),
        Objects.requireNonNullElse(item.priority(), DEFAULT_PRIORITY),
        item.contextLength(),
        item.maxOutputTokens(),
        item.reasoning() == null || item.reasoning());
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw ServiceException.about(ErrorCode.INVALID_VALUE, "url", "'url' is no address.");
    }
  }

  private Item item(UpstreamView view) {
    Plain plain = plain(view);
    return new Item(
        Long.toString(view.id()),
        plain.name(),
        plain.url(),
        plain.hasKey(),
        plain.trusted(),
        plain.enabled(),
        plain.cacheSalt(),
        plain.startWithinSeconds(),
        plain.models(),
        view.createdAt().toString(),
        view.probedAt().toString(),
        upstreams.standing(view.id()).map(StandingItem::of).orElse(null),
        Long.toString(view.version()));
  }

  private Plain plain(UpstreamView view) {
    return new Plain(
        view.name(),
        view.url().toString(),
        view.hasKey(),
        view.trusted(),
        view.enabled(),
        view.cacheSalt(),
        view.startWithinSeconds(),
        view.models().stream().map(this::modelItem).toList());
  }

  private ModelItem modelItem(UpstreamTerms.ModelTerms model) {
    return new ModelItem(
        models.name(model.modelId()),
        model.name(),
        model.priority(),
        model.contextLength(),
        model.maxOutputTokens(),
        model.reasoning());
  }

  /** What an operator sends. Without {@code api_key} the stored one stays, at the same url. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Terms(
      @Nullable String name,
      @Nullable String url,
      @Nullable String apiKey,
      @Nullable String trusted,
      @Nullable Boolean enabled,
      @Nullable Boolean cacheSalt,
      @Nullable Integer startWithinSeconds,
      @Nullable List<ModelItem> models) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Terms[" + name + "]";
    }
  }

  /** A model of ours and what the server calls it. */
  @JsonNaming(SnakeCaseStrategy.class)
  record ModelItem(
      @Nullable String model,
      @Nullable String upstreamName,
      @Nullable Integer priority,
      @Nullable Integer contextLength,
      @Nullable Integer maxOutputTokens,
      @Nullable Boolean reasoning) {}

  /** What is set, as the audit trail has it. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Plain(
      String name,
      String url,
      boolean hasKey,
      @Nullable String trusted,
      boolean enabled,
      boolean cacheSalt,
      int startWithinSeconds,
      List<ModelItem> models) {}

  /**
   * One.
   *
   * @param hasKey whether a key is stored
   * @param probedAt when a probe last found it fit
   * @param standing how it does at the replica that answers; null if it is not in use
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      String name,
      String url,
      boolean hasKey,
      @Nullable String trusted,
      boolean enabled,
      boolean cacheSalt,
      int startWithinSeconds,
      List<ModelItem> models,
      String createdAt,
      String probedAt,
      @Nullable StandingItem standing,
      String version) {}

  /** A page, and our own inference-services beside it. */
  record Items(List<Item> items, @Nullable String next, List<OwnItem> own) {}

  /** One of our own inference-services. */
  record OwnItem(String name, List<String> models, StandingItem standing) {
    static OwnItem of(Upstream upstream) {
      return new OwnItem(
          upstream.name(),
          upstream.models().keySet().stream().sorted().toList(),
          StandingItem.of(upstream.standing()));
    }
  }

  /**
   * How a server does at the replica that answers.
   *
   * @param breaker {@code closed}, {@code half_open} or {@code open}
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record StandingItem(
      boolean healthy,
      String breaker,
      int outstanding,
      @Nullable String checkedAt,
      List<ProblemItem> problems) {
    static StandingItem of(Standing standing) {
      return new StandingItem(
          standing.isHealthy(),
          standing.breaker(),
          standing.outstanding(),
          standing.checkedAt() == null ? null : standing.checkedAt().toString(),
          standing.problems().stream().map(ProblemItem::of).toList());
    }
  }

  /** Something that went wrong there, the newest first. */
  @JsonNaming(SnakeCaseStrategy.class)
  record ProblemItem(String at, String why, @Nullable String requestId) {
    static ProblemItem of(Standing.Problem problem) {
      UUID request = problem.requestId();
      return new ProblemItem(
          problem.at().toString(), problem.why(), request == null ? null : request.toString());
    }
  }

  /**
   * What a dry run says.
   *
   * @param before null where it would be new
   * @param after null where it would be gone
   * @param probe null where none is made
   */
  record Effect(@Nullable Item before, @Nullable Item after, @Nullable Probed probe) {
    static Effect of(@Nullable Item before, @Nullable Item after, @Nullable ProbeReport report) {
      return new Effect(before, after, report == null ? null : Probed.of(report));
    }
  }

  /** What a probe found. */
  record Probed(boolean fit, List<ProbeReport.Finding> findings) {
    static Probed of(ProbeReport report) {
      return new Probed(report.isFit(), report.findings());
    }
  }
}
