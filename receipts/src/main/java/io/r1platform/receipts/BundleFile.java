package io.r1platform.receipts;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Puts a bundle together: the manifest over files that are on disk, and the zip of all. */
public final class BundleFile {
  private static final int CHUNK = 1 << 16;

  private record Part(String name, Path path, long size, long crc, Hash sha256) {}

  private final List<Part> parts = new ArrayList<>();

  /** Adds a file; it is read now and again when the bundle is written. */
  public void add(String name, Path path) {
    try (var in = Files.newInputStream(path)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var crc = new CRC32();
      byte[] chunk = new byte[CHUNK];
      long size = 0;
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
        crc.update(chunk, 0, n);
        size += n;
      }
      parts.add(new Part(name, path, size, crc.getValue(), Hash.of(digest.digest())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes the bundle of all that was added, in that order, after its signed manifest.
   *
   * @throws IllegalStateException if it would have 4 GiB or more
   */
  public void write(
      OutputStream out, long organizationId, YearMonth month, long statement, NoteSigner signer)
      throws IOException {
    var files = parts.stream().map(p -> new Manifest.File(p.name, p.size, p.sha256)).toList();
    var manifest = new Manifest(organizationId, month, signer.key().name(), statement, files);
    byte[] first = signer.sign(manifest.text()).getBytes(StandardCharsets.UTF_8);
    var crc = new CRC32();
    crc.update(first);
    var zip = new PlainZip.Writer(out);
    zip.begin(Manifest.NAME, first.length, crc.getValue());
    out.write(first);
    for (Part part : parts) {
      zip.begin(part.name, part.size, part.crc);
      if (Files.copy(part.path, out) != part.size) {
        throw new IllegalStateException(part.name + " changed while the bundle was written");
      }
    }
    zip.end();
  }
}
