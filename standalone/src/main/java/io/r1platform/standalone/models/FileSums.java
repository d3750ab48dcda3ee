package io.r1platform.standalone.models;

import io.r1platform.standalone.models.RegisteredModel.FileSum;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** SHA-256 of files of any size. */
final class FileSums {
  private static final int BUFFER = 1 << 20;

  private FileSums() {}

  static FileSum of(Path file) {
    MessageDigest digest = sha256();
    var buffer = new byte[BUFFER];
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        bytes += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return new FileSum(file, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  static String together(List<FileSum> files) {
    if (files.size() == 1) {
      return files.getFirst().sha256();
    }
    String sums =
        files.stream()
            .map(file -> file.sha256() + "  " + file.path().getFileName() + "\n")
            .sorted()
            .collect(Collectors.joining());
    return HexFormat.of().formatHex(sha256().digest(sums.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
