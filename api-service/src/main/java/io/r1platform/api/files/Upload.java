package io.r1platform.api.files;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePartEvent;
import org.springframework.http.codec.multipart.PartEvent;

/**
 * An upload as its parts come, in any order. What came of the file is stored before it is known
 * whether the rest is right. Blocks; for one thread at a time.
 */
final class Upload {
  private static final String FILE = "file";
  private static final String ANCHOR = "expires_after[anchor]";
  private static final String SECONDS = "expires_after[seconds]";
  private static final Set<String> FIELDS = Set.of("purpose", ANCHOR, SECONDS);
  private static final int FILENAME_MAX = 512;
  private static final int TEXT_MAX = 1 << 10;

  /**
   * Some bytes of a part, off the network's memory.
   *
   * @param filename null of a text field
   * @param last whether its part ends with it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Piece(String name, @Nullable String filename, byte[] bytes, boolean last) {
    /** Takes an event's buffer over. Fails with a 400 if its part has no name. */
    static Piece of(PartEvent event) {
      DataBuffer content = event.content();
      try {
        if (event.headers().getContentDisposition().getName() == null) {
          throw ServiceException.of(
              ErrorCode.MISSING_PARAMETER,
              "A part of the form has no Content-Disposition with a name. Nothing was stored.");
        }
        var bytes = new byte[content.readableByteCount()];
        content.read(bytes);
        String filename = event instanceof FilePartEvent part ? part.filename() : null;
        return new Piece(event.name(), filename, bytes, event.isLast());
      } finally {
        DataBufferUtils.release(content);
      }
    }
  }

  private final Files files;
  private final long projectId;
  private final long mostBytes;
  private final Map<String, String> fields = new HashMap<>();
  private final MessageDigest digest = sha256();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream(); // of one field
  private @Nullable FileWriter writer;
  private String filename = "";
  private boolean whole;

  Upload(Files files, long projectId, long mostBytes) {
    this.files = files;
    this.projectId = projectId;
    this.mostBytes = mostBytes;
  }

  /** Takes the next piece. */
  void add(Piece piece) {
    String given = piece.filename;
    if (given != null && piece.name.equals(FILE)) {
      filename = given;
      bytes(piece.bytes);
      whole = whole || piece.last;
    } else { // some clients send text fields as files
      text(piece);
      if (piece.last) {
        field(piece.name, text.toString(StandardCharsets.UTF_8));
        text.reset();
      }
    }
  }

  private void text(Piece piece) {
    if (text.size() + piece.bytes.length > TEXT_MAX) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          piece.name,
          "'%s' is too long. Nothing was stored.".formatted(piece.name));
    }
    text.writeBytes(piece.bytes);
  }

  private void field(String name, String value) {
    if (!FIELDS.contains(name)) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_PARAMETER, name, "'%s' is not supported.".formatted(name));
    }
    if (fields.put(name, value) != null) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          name,
          "'%s' may be given once. Nothing was stored.".formatted(name));
    }
  }

  private void bytes(byte[] bytes) {
    if (whole) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, FILE, "'file' may be given once. Nothing was stored.");
    }
    if (writer == null) {
      writer = files.upload(projectId);
    }
    if (writer.bytes() + bytes.length > mostBytes) {
      throw ServiceException.about(
          ErrorCode.REQUEST_TOO_LARGE,
          FILE,
          "A file has at most %d bytes. Nothing was stored.".formatted(mostBytes));
    }
    digest.update(bytes);
    writer.add(bytes, 0, bytes.length);
  }

  /** All parts have come. */
  Files.Uploaded end(@Nullable String keySha256) {
    FileWriter written = writer;
    if (written == null) {
      throw missing(FILE);
    }
    String purpose = fields.get("purpose");
    if (purpose == null) {
      throw missing("purpose");
    }
    if (!purpose.equals("batch")) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE, "purpose", "'purpose' must be batch. Nothing was stored.");
    }
    if (filename.isEmpty() || filename.length() > FILENAME_MAX) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          FILE,
          "The file's name has 1 to %d characters. Nothing was stored.".formatted(FILENAME_MAX));
    }
    Duration keepFor =
        fields.containsKey(ANCHOR) || fields.containsKey(SECONDS)
            ? ExpiresAfter.of(fields.get(ANCHOR), fields.get(SECONDS), "expires_after")
            : null;
    digest.update("\n%s\n%s".formatted(filename, keepFor).getBytes(StandardCharsets.UTF_8));
    String hash = HexFormat.of().formatHex(digest.digest());
    return files.end(written, projectId, filename, keepFor, keySha256, hash);
  }

  /** It came to nothing, or to a file that was there already. */
  void abandon() {
    if (writer != null) {
      files.abandon(writer);
    }
  }

  private static ServiceException missing(String field) {
    return ServiceException.about(
        ErrorCode.MISSING_PARAMETER, field, "'%s' is required.".formatted(field));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
