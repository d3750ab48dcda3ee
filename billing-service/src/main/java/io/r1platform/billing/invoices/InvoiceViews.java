package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.InvoiceView.Customer;
import io.r1platform.billing.invoices.InvoiceView.LineView;
import io.r1platform.billing.invoices.InvoiceView.Party;
import io.r1platform.billing.invoices.InvoiceView.Reference;
import io.r1platform.billing.invoices.InvoiceView.TaxView;
import io.r1platform.billing.invoices.InvoiceView.Voided;
import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes of a row and its lines what is shown; of what is finalized, always the same. */
@Component
public class InvoiceViews {
  private static final int PICO_DIGITS = 12;
  private static final int MILLION_DIGITS = 6;

  private final InvoiceTable table;
  private final Profiles profiles;
  private final Blockers blockers;
  private final Paid paid;
  private final InvoiceSettings settings;
  private final JdbcClient jdbc;
  private final JsonMapper json;

  InvoiceViews(
      InvoiceTable table,
      Profiles profiles,
      Blockers blockers,
      Paid paid,
      InvoiceSettings settings,
      JdbcClient jdbc,
      JsonMapper json) {
    this.table = table;
    this.profiles = profiles;
    this.blockers = blockers;
    this.paid = paid;
    this.settings = settings;
    this.jdbc = jdbc;
    this.json = json;
  }

  /** With its lines; with what blocks it, unless it is finalized. */
  public InvoiceView of(long id) {
    return of(table.get(id));
  }

  InvoiceView of(InvoiceRow row) {
    List<InvoiceView.Blocker> blocking =
        row.isEditable()
            ? blockers.of(row).stream()
                .map(
                    b ->
                        new InvoiceView.Blocker(
                            b.code().name(), b.what(), b.code().isWaivable(), b.waiver()))
                .toList()
            : List.of();
    return view(row, table.lines(row.id()), blocking, paidOf(row));
  }

  /** Without lines and blockers, as lists have it. */
  InvoiceView summary(InvoiceRow row) {
    return view(row, List.of(), List.of(), paidOf(row));
  }

  /** Of what is finalized or void; {@code paid} in minor units. */
  InvoiceView issued(InvoiceRow row, List<Rounded> lines, long paid) {
    return view(row, lines, List.of(), paid);
  }

  private long paidOf(InvoiceRow row) {
    if (!row.isReceivable()) {
      return 0;
    }
    Paid.Standing standing = paid.of(row.tenantId(), row.currency()).get(row.id());
    return standing == null ? 0 : standing.paid();
  }

  private InvoiceView view(
      InvoiceRow row, List<Rounded> lines, List<InvoiceView.Blocker> blocking, long settled) {
    MinorUnit unit = MinorUnit.of(row.currency());
    Long of = row.referenceId();
    BigInteger rounding = unit.picoOf(row.netMinor()).subtract(row.netPico());
    return new InvoiceView(
        Long.toString(row.id()),
        Long.toString(row.tenantId()),
        row.kind().name(),
        row.status().code(),
        row.number(),
        row.month().toString(),
        row.month().atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC),
        row.end(),
        row.currency(),
        row.builtAt(),
        row.issuedAt(),
        row.dueOn(),
        row.terms(),
        issuer(row),
        customer(row),
        of == null ? null : new Reference(of.toString(), table.get(of).number()),
        unit.text(row.netMinor()),
        unit.text(row.taxMinor()),
        unit.text(row.totalMinor()),
        unit.text(settled),
        row.netPico().toString(),
        rounding.toString(),
        row.usageRoot(),
        text(row.checkpointSize()),
        lineViews(lines, unit),
        taxes(lines, unit),
        voided(row),
        blocking);
  }

  private static @Nullable Voided voided(InvoiceRow row) {
    Instant at = row.voidedAt();
    return at == null
        ? null
        : new Voided(at, String.valueOf(row.voidedBy()), String.valueOf(row.voidReason()));
  }

  private Party issuer(InvoiceRow row) {
    String copied = row.issuer();
    return copied == null ? settings.party() : json.readValue(copied, Party.class);
  }

  private Customer customer(InvoiceRow row) {
    String copied = row.customer();
    Profiles.Profile p =
        copied == null
            ? profiles.of(row.tenantId())
            : json.readValue(copied, Profiles.Profile.class);
    return new Customer(
        p.name(),
        p.address().lines().filter(line -> !line.isBlank()).toList(),
        p.country(),
        p.taxNumber(),
        p.email(),
        p.language(),
        p.paper());
  }

  private List<LineView> lineViews(List<Rounded> lines, MinorUnit unit) {
    if (lines.isEmpty()) {
      return List.of();
    }
    Map<Integer, String> models =
        names(
            "select model_id, name from model where model_id = any(?)",
            lines.stream().map(rounded -> rounded.line().modelId()));
    Map<Integer, String> hashes =
        names(
            "select version_id, encode(content_sha256, 'hex') from rate_card_version"
                + " where version_id = any(?)",
            lines.stream().map(rounded -> rounded.line().versionId()));
    var views = new ArrayList<LineView>();
    for (Rounded rounded : lines) {
      Line line = rounded.line();
      Integer modelId = line.modelId();
      Long version = line.versionId();
      String model = modelId == null ? null : models.get(modelId);
      LocalDate month = line.month();
      Long unitPico = line.unitPico();
      views.add(
          new LineView(
              views.size() + 1,
              line.kind().name(),
              month == null ? null : YearMonth.from(month).toString(),
              text(line.projectId()),
              line.projectName(),
              model,
              sku(model, line.sku()),
              text(version),
              version == null ? null : hashes.get(version.intValue()),
              line.window(),
              text(line.quantity()),
              text(unitPico),
              unitPico == null
                  ? null
                  : BigDecimal.valueOf(unitPico, PICO_DIGITS - MILLION_DIGITS)
                      .stripTrailingZeros()
                      .toPlainString(),
              line.note(),
              line.referenceLine(),
              line.amount().toString(),
              unit.text(rounded.minor()),
              rounded.tax().code(),
              rounded.tax().ppm()));
    }
    return views;
  }

  private static List<TaxView> taxes(List<Rounded> lines, MinorUnit unit) {
    var views = new ArrayList<TaxView>();
    for (Rounded rounded : lines) {
      if (rounded.line().kind() == Line.Kind.TAX) {
        Tax tax = rounded.tax();
        long net =
            lines.stream()
                .filter(l -> l.line().kind() != Line.Kind.TAX && l.tax().equals(tax))
                .mapToLong(Rounded::minor)
                .sum();
        views.add(
            new TaxView(
                Objects.requireNonNull(tax.code()),
                Objects.requireNonNull(tax.label()),
                tax.ppm(),
                unit.text(net),
                unit.text(rounded.minor())));
      }
    }
    return views;
  }

  /** The name of the model and of the kind of token, as exports have it. */
  private static @Nullable String sku(@Nullable String model, @Nullable String sku) {
    if (model == null || sku == null) {
      return null;
    }
    String kind = sku.replace("ANSWER", "OUTPUT").replace('_', '-');
    return model + "-" + kind.toLowerCase(Locale.ROOT);
  }

  private Map<Integer, String> names(String query, Stream<? extends @Nullable Number> ids) {
    var names = new HashMap<Integer, String>();
    jdbc.sql(query)
        .param(
            ids.filter(Objects::nonNull).map(Number::intValue).distinct().toArray(Integer[]::new))
        .query(
            row -> {
              names.put(row.getInt(1), row.getString(2));
            });
    return names;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
