package io.r1platform.billing.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.usage.InvoiceTraffic;
import io.r1platform.billing.webhooks.Signature;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Documents of invoices and their way to whoever is billed, against a real mail server. */
class DocumentsIT {
  /** What a webhook's target was sent. */
  private record Sent(String id, String timestamp, String signature, String body) {}

  private static final List<Sent> SENT = new CopyOnWriteArrayList<>();
  private static final AtomicInteger STATUS = new AtomicInteger(204);
  private static final long POINTS_A4_WIDTH = 595;
  private static final long POINTS_LETTER_WIDTH = 612;

  private static GreenMail mail;
  private static HttpServer target;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Closing closing;
  private static Instant now;
  private static YearMonth month;
  private static long last = 7_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() throws IOException {
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.createContext(
        "/",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          SENT.add(
              new Sent(
                  headers.getFirst("webhook-id"),
                  headers.getFirst("webhook-timestamp"),
                  headers.getFirst("webhook-signature"),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(STATUS.get(), -1);
          exchange.close();
        });
    target.start();
    billing =
        new BillingFixture(
            "--spring.mail.host=127.0.0.1",
            "--spring.mail.port=" + mail.getSmtp().getPort(),
            "--r1.billing.documents.mail-from=billing@issuer.example",
            "--r1.billing.documents.webhook-private-targets=true",
            "--r1.billing.invoices.issuer=Issuer Inc.",
            "--r1.billing.invoices.payment-details=First Bank|Account 4711");
    traffic = new InvoiceTraffic(billing, new Random(55));
    closing = new Closing(billing);
    now = billing.clock().instant();
    month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() {
    billing.close();
    target.stop(0);
    mail.stop();
  }

  @BeforeEach
  void theMonthRuns() {
    billing.clock().set(now);
    STATUS.set(204);
  }

  @Test
  void aDocumentIsMadeOnceAndStaysTheSameBytes() throws IOException {
    profile("");
    JsonNode done = finalized();
    String path = "/internal/v1/invoices/" + done.path("invoice_id").asString() + "/pdf";
    for (String paper : List.of("A4", "LETTER")) {
      for (String language : List.of("en", "ko")) {
        String query = "?language=%s&paper=%s".formatted(language, paper);
        Answer first = billing.get(path + query);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("content-disposition"))
            .contains(done.path("number").asString() + ".pdf");
        billing.clock().advance(Duration.ofDays(3));
        assertThat(billing.get(path + query).header("x-r1-sha256"))
            .isEqualTo(first.header("x-r1-sha256"));
        check(done, Language.valueOf(language.toUpperCase(java.util.Locale.ROOT)), paper);
      }
    }
    assertThat(billing.get(path + "?paper=A5").status()).isEqualTo(400);
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    for (String sql : List.of("update invoice_pdf set paper = 'A4'", "delete from invoice_pdf")) {
      assertThatThrownBy(() -> owner.sql(sql).update())
          .rootCause()
          .hasMessageContaining("append-only");
    }
  }

  /** Rendered anew it is the same; it has its size, its font's glyphs and its words. */
  private static void check(JsonNode done, Language language, String paper) throws IOException {
    Pdfs pdfs = billing.bean(Pdfs.class);
    InvoiceView invoice = pdfs.invoice(Long.parseLong(done.path("invoice_id").asString()));
    Pdfs.Pdf kept = pdfs.of(invoice, language, Paper.valueOf(paper));
    assertThat(pdfs.render(invoice, language, Paper.valueOf(paper))).isEqualTo(kept.bytes());
    try (PDDocument pdf = Loader.loadPDF(kept.bytes())) {
      long width = paper.equals("A4") ? POINTS_A4_WIDTH : POINTS_LETTER_WIDTH;
      assertThat(Math.round(pdf.getPage(0).getMediaBox().getWidth())).isEqualTo(width);
      var resources = pdf.getPage(0).getResources();
      for (var name : resources.getFontNames()) {
        PDFont font = resources.getFont(name);
        assertThat(font.isEmbedded()).as(font.getName()).isTrue();
        assertThat(font.getName()).as("a subset").matches("[A-Z]{6}\\+NotoSansKR.*");
      }
      String text = new PDFTextStripper().getText(pdf);
      assertThat(text)
          .contains(
              invoice.number(),
              "한빛소프트 주식회사",
              "USD " + invoice.total(),
              "Account 4711",
              Word.INVOICE.in(language),
              Word.OUTPUT.in(language),
              String.valueOf(invoice.lines().getFirst().priceVersion()));
    }
    assertThat(kept.bytes().length).as("without the whole font").isLessThan(200_000);
  }

  @Test
  void aDraftsDocumentIsNotKeptAndSaysThatItIsNone() throws IOException {
    traffic.charge(organization, now.minusSeconds(1), 0, 0, 0, 1_000_000);
    JsonNode draft = closing.draft(organization, month);
    long id = Long.parseLong(draft.path("invoice_id").asString());
    Pdfs pdfs = billing.bean(Pdfs.class);
    try (PDDocument pdf = Loader.loadPDF(pdfs.of(pdfs.invoice(id)).bytes())) {
      assertThat(new PDFTextStripper().getText(pdf)).contains(Word.DRAFT.in(Language.EN));
    }
    assertThat(billing.sum("1", "invoice_pdf where invoice_id = " + id)).isZero();
  }

  @Test
  void itIsMailedOnceAlsoWhenTheServerWasAway() throws Exception {
    profile(", \"email\": \"ap-%d@hanbit.example\"".formatted(organization));
    int port = mail.getSmtp().getPort();
    mail.stop();
    JsonNode done = finalized();
    billing.bean(Delivery.class).run();
    assertThat(errors(done)).contains("MailSendException");
    mail = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    billing.clock().advance(Duration.ofHours(1));
    billing.bean(Delivery.class).run();
    List<MimeMessage> received = received("ap-%d@hanbit.example".formatted(organization));
    assertThat(received).hasSize(1);
    MimeMessage message = received.getFirst();
    assertThat(message.getSubject()).contains(done.path("number").asString(), "청구서");
    assertThat(message.getMessageID()).matches("<invoice_\\d+_finalized_\\d+@issuer.example>");
    var parts = (Multipart) message.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    Pdfs pdfs = billing.bean(Pdfs.class);
    InvoiceView invoice = pdfs.invoice(Long.parseLong(done.path("invoice_id").asString()));
    assertThat(parts.getBodyPart(1).getInputStream().readAllBytes())
        .isEqualTo(pdfs.of(invoice).bytes());
    billing.clock().advance(Duration.ofDays(2));
    billing.bean(Delivery.class).run();
    assertThat(received("ap-%d@hanbit.example".formatted(organization))).hasSize(1);
  }

  @Test
  void aTargetGetsItSignedAndUnderOneIdUntilItTakesIt() {
    byte[] secret = addTarget();
    STATUS.set(500);
    JsonNode done = finalized();
    billing.bean(Delivery.class).run();
    List<Sent> refused = sent(done);
    assertThat(refused).hasSize(1);
    assertThat(errors(done)).contains("it answered 500");
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).as("not due").hasSize(1);
    STATUS.set(204);
    billing.clock().advance(Duration.ofHours(1));
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).hasSize(2);
    billing.clock().advance(Duration.ofDays(2));
    billing.bean(Delivery.class).run();
    List<Sent> all = sent(done);
    assertThat(all).as("never again").hasSize(2);
    assertThat(all.getLast().id()).isEqualTo(all.getFirst().id());
    for (Sent one : all) {
      long at = Long.parseLong(one.timestamp());
      byte[] body = one.body().getBytes(StandardCharsets.UTF_8);
      assertThat(Signature.matches(secret, one.id(), at, body, one.signature())).isTrue();
      assertThat(one.body()).contains("\"invoice.finalized\"", done.path("number").asString());
    }
    String path = "/internal/v1/invoices/" + done.path("invoice_id").asString() + "/void";
    closing.order(path, "");
    billing.bean(Delivery.class).run();
    assertThat(sent(done).getLast().body()).contains("\"invoice.void\"");
  }

  @Test
  void whatWasGivenUpIsSentOnceMoreWhenSomebodySaysSo() {
    var unused = addTarget();
    STATUS.set(500);
    JsonNode done = finalized();
    String path = "/internal/v1/invoices/" + done.path("invoice_id").asString() + "/deliveries";
    billing.bean(Delivery.class).run();
    JsonNode waiting = billing.get(path).json().at("/deliveries/0");
    assertThat(waiting.path("last_error").asString()).contains("it answered 500");
    String retry = path + "/" + waiting.path("delivery_id").asString() + "/retry";
    assertThat(order(retry).status()).as("it is still tried").isEqualTo(400);
    for (int i = 0; !billing.get(path).json().at("/deliveries/0/next_at").isNull(); i++) {
      assertThat(i).as("attempts").isLessThan(30);
      billing.clock().advance(Duration.ofHours(7));
      billing.bean(Delivery.class).run();
    }
    int before = sent(done).size();
    STATUS.set(204);
    billing.clock().advance(Duration.ofDays(2));
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).as("given up").hasSize(before);
    String dry = retry.replace("/v1/", "/v1/dry-run/");
    assertThat(order(dry).json().at("/deliveries/0/attempts").asInt()).isZero();
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).as("a dry run sends nothing").hasSize(before);
    assertThat(order(retry).status()).isEqualTo(200);
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).hasSize(before + 1);
    assertThat(sent(done).getLast().id()).isEqualTo(sent(done).getFirst().id());
    assertThat(order(retry).status()).as("what was taken is never sent again").isEqualTo(400);
    JsonNode taken = billing.get(path).json().at("/deliveries/0");
    assertThat(taken.path("delivered_at").isNull()).isFalse();
    assertThat(taken.path("of_site").asBoolean()).isFalse();
  }

  private static Answer order(String path) {
    return billing.postJson(
        path,
        BillingFixture.GATEWAY,
        "{\"command_id\": \"%s\", \"actor\": \"ada\"}".formatted(UUID.randomUUID()));
  }

  @Test
  void aListIsOfOneMonth() {
    JsonNode done = finalized();
    String list = "/internal/v1/invoices?organization_id=" + organization + "&month=";
    assertThat(billing.get(list + month).json().path("invoices"))
        .singleElement()
        .satisfies(
            one -> assertThat(one.path("number").asString()).isEqualTo(text(done, "number")));
    assertThat(billing.get(list + month.plusMonths(1)).json().path("invoices")).isEmpty();
    assertThat(billing.get(list + "soon").status()).isEqualTo(400);
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).asString();
  }

  /** Nobody is asked for the money of an invoice that was taken back before word of it came. */
  @Test
  void whatIsVoidIsNotAnnouncedAsFinalizedAnyMore() {
    var unused = addTarget();
    STATUS.set(500);
    JsonNode done = finalized();
    billing.bean(Delivery.class).run();
    closing.order("/internal/v1/invoices/" + done.path("invoice_id").asString() + "/void", "");
    STATUS.set(204);
    billing.clock().advance(Duration.ofHours(1));
    billing.bean(Delivery.class).run();
    assertThat(sent(done)).hasSize(2);
    assertThat(sent(done).getLast().body()).contains("\"invoice.void\"");
    assertThat(errors(done)).contains("it was made void");
  }

  /** Its key asks for it, so neither drafts nor what others were sent are there. */
  @Test
  void anOrganizationHasTheDocumentsOfWhatItWasSentAlone() {
    profile("");
    JsonNode done = finalized();
    String id = done.path("invoice_id").asString();
    String of = "/internal/v1/organizations/%d/invoices/%s/pdf?language=ko&paper=LETTER";
    Answer own = billing.get(of.formatted(organization, id));
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.header("x-r1-sha256"))
        .isEqualTo(
            billing
                .get("/internal/v1/invoices/" + id + "/pdf?language=ko&paper=LETTER")
                .header("x-r1-sha256"));
    assertThat(billing.get(of.formatted(organization + 1, id)).status()).isEqualTo(404);
    traffic.charge(organization, billing.clock().instant(), 0, 0, 0, 1_000);
    String draft = closing.draft(organization, month.plusMonths(1)).path("invoice_id").asString();
    assertThat(billing.get("/internal/v1/invoices/" + draft + "/pdf").status()).isEqualTo(200);
    assertThat(billing.get(of.formatted(organization, draft)).status()).isEqualTo(404);
  }

  /** Some programs paste a vertical tab for a soft line break; XML has no such character. */
  @Test
  void whatXmlHasNoPlaceForIsPrintedAsABlank() {
    profile(", \"tax_number\": \"12\\u000b34\"");
    String path = "/internal/v1/invoices/" + finalized().path("invoice_id").asString() + "/pdf";
    assertThat(billing.get(path).status()).isEqualTo(200);
  }

  /** What credit has paid would come back as money. */
  @Test
  void aCreditNoteGivesBackNoMoreThanTheInvoiceAsksFor() {
    give("2000000000000", first(month.plusMonths(3)));
    traffic.charge(organization, now, 0, 0, 0, 1_000_000);
    JsonNode done = finalizedNow();
    assertThat(done.path("total").asString()).isEqualTo("0.19");
    String line =
        done.path("lines")
            .valueStream()
            .filter(one -> one.path("kind").asString().equals("USAGE"))
            .map(one -> one.path("line_no").asString())
            .findFirst()
            .orElseThrow();
    Answer note =
        billing.postJson(
            "/internal/v1/invoices/" + done.path("invoice_id").asString() + "/credit-notes",
            BillingFixture.GATEWAY,
            """
            {"command_id": "%s", "actor": "ada", "reason": "a test",
             "lines": [{"line_no": %s, "amount_minor": "219"}]}
            """
                .formatted(UUID.randomUUID(), line));
    assertThat(note.status()).as(note.body()).isEqualTo(400);
    assertThat(note.body()).contains("so much is left: 19");
  }

  @Test
  void theLedgerSaysWhatWasEarnedAndWhatIsOwedByMonth() {
    Answer gift =
        billing.postJson(
            "/internal/v1/organizations/%d/credit/top-ups".formatted(organization),
            BillingFixture.GATEWAY,
            """
            {"command_id": "%s", "actor": "ada", "amount": "5000000000000", "expires_at": "%s"}
            """
                .formatted(
                    UUID.randomUUID(), first(month.plusMonths(1)).plus(Duration.ofDays(10))));
    assertThat(gift.status()).as(gift.body()).isEqualTo(200);
    traffic.charge(organization, now, 0, 0, 0, 1_000_000);
    JsonNode before = revenue(month);
    assertThat(before.path("recognized_pico").asString()).isEqualTo("2190000000000");
    assertThat(before.path("deferred_pico").asString()).isEqualTo("2810000000000");
    assertThat(before.path("accrued_pico").asString()).isEqualTo("0");
    traffic.charge(organization, now, 0, 0, 0, 3_000_000);
    JsonNode after = revenue(month);
    assertThat(after.path("recognized_pico").asString()).isEqualTo("8760000000000");
    assertThat(after.path("deferred_pico").asString()).isEqualTo("0");
    assertThat(after.path("accrued_pico").asString()).isEqualTo("3760000000000");
    give("100000000000", first(month.plusMonths(1)).plus(Duration.ofDays(11)));
    assertThat(revenue(month.plusMonths(1)).path("breakage_pico").asString())
        .isEqualTo("100000000000");
    assertThat(revenue(month.plusMonths(1)).path("deferred_pico").asString()).isEqualTo("0");
    finalizedNow();
    YearMonth issued = YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
    assertThat(revenue(issued).path("accrued_pico").asString()).isEqualTo("0");
    assertThat(revenue(issued).path("receivable_pico").asString()).isEqualTo("3760000000000");
    assertThat(revenue(month).path("accrued_pico").asString())
        .as("a past month stays")
        .isEqualTo("3760000000000");
  }

  private void give(String amount, Instant expiresAt) {
    Answer done =
        billing.postJson(
            "/internal/v1/organizations/%d/credit/top-ups".formatted(organization),
            BillingFixture.GATEWAY,
            "{\"command_id\": \"%s\", \"actor\": \"a\", \"amount\": \"%s\", \"expires_at\": \"%s\"}"
                .formatted(UUID.randomUUID(), amount, expiresAt));
    assertThat(done.status()).as(done.body()).isEqualTo(200);
  }

  private JsonNode revenue(YearMonth of) {
    return billing
        .get(
            "/internal/v1/reports/revenue?organization_id=%d&from=%s&until=%s"
                .formatted(organization, of, of.plusMonths(1)))
        .json()
        .at("/months/0");
  }

  private JsonNode finalized() {
    traffic.charge(organization, now.minusSeconds(1), 0, 0, 0, 1_000_000);
    return finalizedNow();
  }

  private JsonNode finalizedNow() {
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(25)));
    return closing.finalizeMonth(organization, month);
  }

  private void profile(String more) {
    Answer set =
        billing.postJson(
            "/internal/v1/organizations/" + organization + "/billing-profile",
            BillingFixture.GATEWAY,
            """
            {"actor": "ada", "name": "한빛소프트 주식회사", "address": "월드컵북로 396\\n서울",
             "country": "KR", "language": "ko"%s}
            """
                .formatted(more));
    assertThat(set.status()).as(set.body()).isEqualTo(200);
  }

  private byte[] addTarget() {
    Answer made =
        billing.postJson(
            "/internal/v1/webhook-targets",
            BillingFixture.GATEWAY,
            """
            {"command_id": "%s", "organization": "%d", "url": "http://127.0.0.1:%d/hook"}
            """
                .formatted(UUID.randomUUID(), organization, target.getAddress().getPort()));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    return Base64.getDecoder().decode(made.text("secret").substring("whsec_".length()));
  }

  private static List<Sent> sent(JsonNode invoice) {
    String id = "invoice_" + invoice.path("invoice_id").asString() + "_";
    return SENT.stream().filter(one -> one.id().startsWith(id)).toList();
  }

  private static List<MimeMessage> received(String address) throws Exception {
    var received = new ArrayList<MimeMessage>();
    for (MimeMessage message : mail.getReceivedMessages()) {
      if (message.getAllRecipients()[0].toString().equals(address)) {
        received.add(message);
      }
    }
    return received;
  }

  private static String errors(JsonNode invoice) {
    return billing
        .sql()
        .sql(
            """
            select coalesce(string_agg(last_error, ', '), '') from invoice_delivery
            where invoice_id = ?
            """)
        .param(Long.parseLong(invoice.path("invoice_id").asString()))
        .query(String.class)
        .single();
  }

  private static Instant first(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }
}
