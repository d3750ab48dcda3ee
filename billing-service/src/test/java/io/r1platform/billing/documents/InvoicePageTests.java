package io.r1platform.billing.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.invoices.InvoiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages as they are printed; they are left in {@code target/invoice-pages} to be looked at. */
class InvoicePageTests {
  private static final int PROJECTS = 16;
  private static final float MARGIN = 18 * 72 / 25.4f;

  /** Where each letter lies. */
  private static final class Letters extends PDFTextStripper {
    private final List<TextPosition> all = new ArrayList<>();

    @Override
    protected void writeString(String text, List<TextPosition> positions) throws IOException {
      all.addAll(positions);
      super.writeString(text, positions);
    }
  }

  @ParameterizedTest
  @CsvSource({"EN,LETTER", "KO,A4"})
  void aLongInvoiceIsWholeAndInsideItsMargins(Language language, Paper paper) throws IOException {
    InvoiceView invoice = SampleInvoice.invoice(PROJECTS);
    try (PDDocument pdf = Loader.loadPDF(print(invoice, language, paper, "long"))) {
      assertThat(pdf.getNumberOfPages()).isBetween(3, 8);
      for (int page = 1; page <= pdf.getNumberOfPages(); page++) {
        var letters = new Letters();
        letters.setStartPage(page);
        letters.setEndPage(page);
        String text = letters.getText(pdf);
        assertThat(text).contains(page + " / " + pdf.getNumberOfPages());
        if (text.contains("32b")) {
          assertThat(text).as("page %d names its columns", page).contains(Word.ITEM.in(language));
        }
        float width = pdf.getPage(page - 1).getMediaBox().getWidth();
        float height = pdf.getPage(page - 1).getMediaBox().getHeight();
        for (TextPosition letter : letters.all) {
          assertThat(letter.getX()).isGreaterThan(MARGIN - 1);
          assertThat(letter.getX() + letter.getWidth()).isLessThan(width - MARGIN + 1);
          assertThat(letter.getY()).isBetween(MARGIN - 1, height);
        }
      }
      String all = new PDFTextStripper().getText(pdf);
      assertThat(all.lines().filter(line -> line.contains("32b"))).hasSize(PROJECTS * 8 + 1);
      for (Word tokens : List.of(Word.HIT, Word.MISS, Word.REASONING, Word.OUTPUT)) {
        assertThat(all).contains("-instruct, " + tokens.in(language));
      }
      assertThat(all)
          .contains(
              "Chat " + Word.PROJECT.in(language) + " 101",
              "& answer <beta> for",
              Word.PROJECT.in(language) + " " + (100 + PROJECTS),
              Word.SUBTOTAL.in(language),
              "USD " + InvoiceHtml.grouped(invoice.total()),
              Word.CARRIED_FROM.in(language),
              Word.SHORTFALL.in(language),
              Word.PAID.in(language),
              Word.PROMO.in(language),
              "Zero-rated supply 0%",
              Word.PAYMENT_DETAILS.in(language),
              "Account 000123456789",
              "42".repeat(32));
    }
  }

  @ParameterizedTest
  @CsvSource({"EN,A4"})
  void aCreditNoteSaysWhatItGivesBack(Language language, Paper paper) throws IOException {
    InvoiceView note = SampleInvoice.creditNote();
    try (PDDocument pdf = Loader.loadPDF(print(note, language, paper, "note"))) {
      assertThat(pdf.getNumberOfPages()).isEqualTo(1);
      assertThat(new PDFTextStripper().getText(pdf))
          .contains(
              Word.CREDIT_NOTE.in(language), "R1-2026-000123", "USD 219.99", "USD \u2212219.99")
          .doesNotContain("Account 000123456789");
    }
  }

  private static byte[] print(InvoiceView invoice, Language language, Paper paper, String name)
      throws IOException {
    byte[] bytes =
        new PdfRenderer()
            .render(
                InvoiceHtml.of(invoice, language, paper),
                12,
                Instant.parse("2026-12-02T01:00:00Z"));
    Path folder = Files.createDirectories(Path.of("target/invoice-pages"));
    String file = "%s-%s-%s.pdf".formatted(name, language, paper).toLowerCase(Locale.ROOT);
    Files.write(folder.resolve(file), bytes);
    return bytes;
  }
}
