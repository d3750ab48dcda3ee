package io.r1platform.api.upstreams;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Registers servers of others. What is registered was found fit by a probe; the probe is made
 * before the transaction, since it takes long. Every replica has a change within 5 s.
 */
@Service
@Transactional(readOnly = true)
public class Upstreams {
  private final UpstreamRows rows;
  private final UpstreamKeys keys;
  private final Probe probe;
  private final Catalogue catalogue;
  private final Clock clock;

  Upstreams(UpstreamRows rows, UpstreamKeys keys, Probe probe, Catalogue catalogue, Clock clock) {
    this.rows = rows;
    this.keys = keys;
    this.probe = probe;
    this.catalogue = catalogue;
    this.clock = clock;
  }

  /** Those with an id below {@code before}, the newest first. */
  public List<UpstreamView> page(long before, int limit) {
    return rows.findByIdLessThanOrderByIdDesc(before, Limit.of(limit)).stream()
        .map(UpstreamRow::view)
        .toList();
  }

  /** One of them. Fails with 404 not_found. */
  public UpstreamView upstream(long id) {
    return find(id).view();
  }

  /** How it does at this replica; empty if it is not in use. */
  public Optional<Standing> standing(long id) {
    return catalogue.upstreams().stream()
        .filter(each -> each.id() == id && !each.own())
        .map(Upstream::standing)
        .findFirst();
  }

  /** Our own, as the settings name them, at this replica. */
  public List<Upstream> own() {
    return catalogue.upstreams().stream().filter(Upstream::own).toList();
  }

  /**
   * Asks a server what it is fit for. Changes nothing. Blocks for a minute at most.
   *
   * @param id of the one whose stored key may be used, null if it is new
   */
  @Transactional(propagation = Propagation.NEVER)
  public ProbeReport probe(UpstreamTerms terms, @Nullable Long id) {
    String key = terms.apiKey();
    if (key == null && id != null) {
      key = storedKey(find(id), terms.url());
    }
    return probe.run(terms, key);
  }

  private @Nullable String storedKey(UpstreamRow row, URI url) {
    return row.url().equals(url) ? keys.open(row.sealedKey(), url).orElse(null) : null;
  }

  /** Asks a registered server again; if it is fit, that is noted. */
  @Transactional(propagation = Propagation.NEVER)
  public ProbeReport probeAgain(long id) {
    UpstreamView view = upstream(id);
    return probe(terms(view), id);
  }

  private static UpstreamTerms terms(UpstreamView view) {
    return new UpstreamTerms(
        view.name(),
        view.url(),
        null,
        view.trusted(),
        view.enabled(),
        view.cacheSalt(),
        view.startWithinSeconds(),
        view.models());
  }

  /** Notes in the caller's transaction that a probe found it fit. */
  @Transactional
  public void noteProbe(long id) {
    UpstreamRow row = find(id);
    row.probed(now());
    rows.saveAndFlush(row);
  }

  /** Registers one in the caller's transaction. Fails with 422 if it is not fit. */
  @Transactional
  public UpstreamView register(UpstreamTerms terms, ProbeReport report) {
    UpstreamTerms fit = fit(terms, report);
    requireFreeName(terms.name(), null);
    byte[] key = terms.apiKey() == null ? null : keys.seal(terms.apiKey(), terms.url());
    return rows.saveAndFlush(new UpstreamRow(fit, key, now())).view();
  }

  /**
   * Gives one other terms in the caller's transaction. Its key stays if none is given and its
   * address is the same.
   *
   * @param version the version that the caller has seen; another one is refused as stale
   * @param report of the probe of these terms; null where they disable it: its models stay then
   */
  @Transactional
  public UpstreamView change(
      long id, long version, UpstreamTerms terms, @Nullable ProbeReport report) {
    UpstreamRow row = find(id, version);
    requireFreeName(terms.name(), id);
    UpstreamTerms fit = report == null ? terms.with(row.view().models()) : fit(terms, report);
    byte[] key = row.url().equals(terms.url()) ? row.sealedKey() : null;
    row.change(fit, terms.apiKey() == null ? key : keys.seal(terms.apiKey(), terms.url()), now());
    return rows.saveAndFlush(row).view();
  }

  /** Takes it away in the caller's transaction; what runs there ends there. */
  @Transactional
  public void remove(long id, long version) {
    rows.delete(find(id, version));
    rows.flush();
  }

  /** Makes this replica know what was changed, once it is committed. */
  @Transactional(propagation = Propagation.NEVER)
  public void changed() {
    catalogue.reread();
  }

  private static UpstreamTerms fit(UpstreamTerms terms, ProbeReport report) {
    if (!report.isFit()) {
      throw ServiceException.about(
              ErrorCode.INVALID_VALUE,
              "url",
              "The server is not fit, so it was not registered. Missing: " + report.missing() + ".")
          .with(Map.of("probe", report.told()));
    }
    return terms.with(report.models());
  }

  private void requireFreeName(String name, @Nullable Long id) {
    Optional<UpstreamRow> known = rows.findByName(name);
    if (known.isPresent() && (id == null || known.get().id() != id)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "name", "Another upstream has this name.");
    }
  }

  private UpstreamRow find(long id) {
    return rows.findById(id).orElseThrow(() -> ServiceException.notFound("This upstream"));
  }

  private UpstreamRow find(long id, long version) {
    UpstreamRow row = find(id);
    if (row.version() != version) {
      throw ServiceException.of(
          ErrorCode.STALE_VERSION, "The upstream has changed since you read it. Read it again.");
    }
    return row;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
