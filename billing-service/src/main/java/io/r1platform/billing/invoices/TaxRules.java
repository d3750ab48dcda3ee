package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.Line.Tax;
import io.r1platform.billing.pages.ListPage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The table of taxes. A rule never changes; its open end may be closed. */
@Component
class TaxRules {
  private static final String ROW =
      """
      select tax_rule_id, command_id, tenant_id, country, line_kind, code, label, rate_ppm,
        lower(valid) as from_day, upper(valid) as to_day, made_by, made_at
      from tax_rule
      """;

  /**
   * What a rule says.
   *
   * @param tenantId whom it is for; null, as the country: everybody
   * @param country ISO 3166-1 of the billed organization
   * @param lineKind what it taxes; null: everything
   * @param ppm millionths
   * @param from first UTC day; the last day of an invoice's period decides
   * @param to the first day after it; null: no end yet
   */
  record Terms(
      @Nullable Long tenantId,
      @Nullable String country,
      Line.@Nullable Kind lineKind,
      String code,
      String label,
      int ppm,
      LocalDate from,
      @Nullable LocalDate to) {}

  /** A rule, and who made it. */
  record Rule(long id, UUID commandId, Terms terms, String madeBy, Instant madeAt) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  TaxRules(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** The tax of each kind of line; kinds without a rule are not in it. */
  Map<Line.Kind, Tax> of(long tenant, @Nullable String country, LocalDate day) {
    List<Terms> rules =
        jdbc
            .sql(
                ROW
                    + """
                    where valid @> cast(:day as date)
                      and (tenant_id = :tenant or country = :country
                        or tenant_id is null and country is null)
                    """)
            .param("day", day)
            .param("tenant", tenant)
            .param("country", country)
            .query((row, n) -> read(row))
            .list()
            .stream()
            .map(Rule::terms)
            .toList();
    var found = new EnumMap<Line.Kind, Tax>(Line.Kind.class);
    for (Line.Kind kind : Line.Kind.values()) {
      rules.stream()
          .filter(rule -> rule.lineKind == null || rule.lineKind == kind)
          .max(Comparator.comparingInt(TaxRules::weight))
          .ifPresent(rule -> found.put(kind, new Tax(rule.code, rule.label, rule.ppm)));
    }
    return found;
  }

  private static int weight(Terms rule) {
    int whose = rule.tenantId != null ? 4 : rule.country != null ? 2 : 0;
    return whose + (rule.lineKind != null ? 1 : 0);
  }

  /** Those of a page and one more, the newest first. */
  List<Rule> list(ListPage page) {
    return jdbc.sql(ROW + "where true and " + page.following("tax_rule_id", true))
        .query((row, n) -> read(row))
        .list();
  }

  /**
   * Makes a rule; the same command again gives the same one.
   *
   * @throws ServiceException {@code invalid_request} if another one holds in these days; {@code
   *     command_conflict}
   */
  @Transactional
  public Rule make(UUID commandId, String actor, Terms terms) {
    Optional<Rule> known = made(commandId);
    if (known.isPresent()) {
      if (!known.get().terms.equals(terms)) {
        throw ServiceException.commandConflict(commandId.toString());
      }
      return known.get();
    }
    try {
      jdbc.sql(
              """
              insert into tax_rule (command_id, tenant_id, country, line_kind, code, label,
                rate_ppm, valid, made_by, made_at)
              values (:command, :tenant, :country, :kind, :code, :label, :ppm,
                daterange(:from, :to), :actor, :now)
              """)
          .param("command", commandId)
          .param("tenant", terms.tenantId)
          .param("country", terms.country)
          .param("kind", terms.lineKind == null ? null : terms.lineKind.name())
          .param("code", terms.code)
          .param("label", terms.label)
          .param("ppm", terms.ppm)
          .param("from", terms.from)
          .param("to", terms.to)
          .param("actor", actor)
          .param("now", clock.instant().atOffset(ZoneOffset.UTC))
          .update();
    } catch (DataIntegrityViolationException e) {
      throw ServiceException.invalidRequest(
          String.valueOf(e.getMessage()).contains("tax_rule_once")
              ? "Another rule holds for the same in these days; close it first."
              : "A rule is for an organization, a country or all; its code is up to 20 of A-Z, 0-9,"
                  + " - and _, its rate from 0 to 1000000 ppm, and it begins before it ends.");
    }
    return made(commandId).orElseThrow();
  }

  /** Ends a rule; {@code to} is the first day after it. */
  @Transactional
  public Rule close(long id, LocalDate to) {
    Rule rule = find(id);
    if (Objects.equals(rule.terms.to, to)) {
      return rule;
    }
    if (rule.terms.to != null || !rule.terms.from.isBefore(to)) {
      throw ServiceException.invalidRequest(
          "Only a rule without an end is closed, and after its first day.");
    }
    jdbc.sql("update tax_rule set valid = daterange(lower(valid), ?) where tax_rule_id = ?")
        .params(to, id)
        .update();
    return find(id);
  }

  private Rule find(long id) {
    return jdbc.sql(ROW + "where tax_rule_id = ?")
        .param(id)
        .query((row, n) -> read(row))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("Tax rule " + id));
  }

  private Optional<Rule> made(UUID commandId) {
    return jdbc.sql(ROW + "where command_id = ?")
        .param(commandId)
        .query((row, n) -> read(row))
        .optional();
  }

  private static Rule read(ResultSet row) throws SQLException {
    String kind = row.getString("line_kind");
    return new Rule(
        row.getLong("tax_rule_id"),
        row.getObject("command_id", UUID.class),
        new Terms(
            row.getObject("tenant_id", Long.class),
            row.getString("country"),
            kind == null ? null : Line.Kind.valueOf(kind),
            row.getString("code"),
            row.getString("label"),
            row.getInt("rate_ppm"),
            row.getObject("from_day", LocalDate.class),
            row.getObject("to_day", LocalDate.class)),
        row.getString("made_by"),
        row.getObject("made_at", OffsetDateTime.class).toInstant());
  }
}
