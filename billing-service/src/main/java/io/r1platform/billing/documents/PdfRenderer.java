package io.r1platform.billing.documents;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfBoxRenderer;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.util.XRLog;
import io.r1platform.billing.errors.ServiceException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.GregorianCalendar;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentCatalog;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.common.PDMetadata;
import org.springframework.stereotype.Component;

/**
 * Prints a page as PDF/A-2b with its font in it, the glyphs that it needs only. The same page, id
 * and time give the same bytes.
 */
@Component
class PdfRenderer {
  private static final String FONT = "Noto Sans KR";
  private static final int AT_ONCE = 2;
  private static final int WAIT_SECONDS = 5;
  private static final int REGULAR = 400;
  private static final int BOLD = 700;
  private static final FontStyle STYLE = FontStyle.NORMAL;
  private static final Pattern CREATED = Pattern.compile("<xmp:CreateDate>[^<]*<");
  private static final DateTimeFormatter XMP_DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

  private final Semaphore places = new Semaphore(AT_ONCE);

  PdfRenderer() {
    XRLog.listRegisteredLoggers().forEach(name -> XRLog.setLevel(name, Level.WARNING));
  }

  /**
   * Two at once: each takes tens of megabytes, beside everybody's usage.
   *
   * @throws ServiceException 503 where no place comes free
   */
  byte[] render(String html, long id, Instant at) {
    try {
      if (!places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw ServiceException.tooManyQuestions();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ServiceException.tooManyQuestions();
    }
    try {
      return rendered(html, id, at);
    } finally {
      places.release();
    }
  }

  private static byte[] rendered(String html, long id, Instant at) {
    var out = new ByteArrayOutputStream();
    var builder = new PdfRendererBuilder();
    builder.usePdfAConformance(PdfRendererBuilder.PdfAConformance.PDFA_2_B);
    builder.useColorProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
    builder.useFont(() -> font("400Regular/NotoSansKR_400Regular"), FONT, REGULAR, STYLE, true);
    builder.useFont(() -> font("700Bold/NotoSansKR_700Bold"), FONT, BOLD, STYLE, true);
    builder.withHtmlContent(html, null);
    builder.withProducer("R1 Platform");
    builder.toStream(out);
    try (PdfBoxRenderer renderer = builder.buildPdfRenderer()) {
      PDDocument document = renderer.getPdfDocument();
      document.setDocumentId(id);
      renderer.createPDFWithoutClosing();
      date(document, at);
      document.save(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The library writes the time of printing into the metadata; a document has its own. */
  private static void date(PDDocument document, Instant at) throws IOException {
    ZonedDateTime time = at.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC);
    PDDocumentInformation information = document.getDocumentInformation();
    information.setCreationDate(GregorianCalendar.from(time));
    information.setModificationDate(null);
    PDDocumentCatalog catalog = document.getDocumentCatalog();
    String xmp = new String(catalog.getMetadata().toByteArray(), StandardCharsets.UTF_8);
    String dated =
        CREATED.matcher(xmp).replaceAll("<xmp:CreateDate>" + XMP_DATE.format(time) + "<");
    var metadata =
        new PDMetadata(document, new ByteArrayInputStream(dated.getBytes(StandardCharsets.UTF_8)));
    catalog.setMetadata(metadata);
  }

  private static InputStream font(String name) {
    return Objects.requireNonNull(
        PdfRenderer.class.getResourceAsStream("/fonts/" + name + ".ttf"), name);
  }
}
