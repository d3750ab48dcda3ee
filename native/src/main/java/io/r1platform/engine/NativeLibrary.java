package io.r1platform.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries in the jar, extracted once per user and version: to the directory named by
 * the system property {@code r1.native.dir}, else to {@code ~/.cache/r1platform/native}. The file
 * system there must allow execution, which a container's tmpfs by default does not.
 */
final class NativeLibrary {
  private static final String RESOURCES = "/native/linux-x86_64/";
  private static final String SUMS = "SHA256SUMS";
  private static final String ENTRY = "libr1engine.so";

  private static @Nullable Path loaded;

  private NativeLibrary() {}

  /** Loads them once and returns their directory; after a failure the next caller tries again. */
  static synchronized Path directory() {
    if (loaded != null) {
      return loaded;
    }
    requireLinuxX64(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    String property = System.getProperty("r1.native.dir");
    Path base =
        property == null
            ? Path.of(System.getProperty("user.home", "."), ".cache", "r1platform", "native")
            : Path.of(property);
    Path directory = extract(base.toAbsolutePath());
    load(directory.resolve(ENTRY));
    loaded = directory;
    return directory;
  }

  static void requireLinuxX64(String os, String arch) {
    boolean x64 = arch.equals("amd64") || arch.equals("x86_64");
    if (!os.toLowerCase(Locale.ROOT).equals("linux") || !x64) {
      throw new EngineException(
          EngineStatus.UNSUPPORTED,
          "this build has native libraries for linux x86_64, not for " + os + " " + arch);
    }
  }

  @SuppressWarnings("restricted") // the one place that loads native code
  private static void load(Path library) {
    try {
      System.load(library.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new EngineException(EngineStatus.UNSUPPORTED, explain(e), e);
    }
  }

  static String explain(UnsatisfiedLinkError error) {
    String message = String.valueOf(error.getMessage());
    if (message.contains("GLIBC_")) {
      return "this Linux is too old: glibc 2.34 or newer is needed. " + message;
    }
    if (message.contains("GLIBCXX_")) {
      return "libstdc++ is too old: that of GCC 12 or newer is needed. " + message;
    }
    if (message.contains("ld-linux-x86-64.so.2")) {
      return "this Linux has no glibc (Alpine has musl): glibc 2.34 or newer is needed. " + message;
    }
    if (message.contains("failed to map segment")) {
      return "the native libraries lie on a file system mounted noexec (set r1.native.dir). "
          + message;
    }
    return "the native library does not load. " + message;
  }

  /** Extracts what is not there yet, and returns the directory. */
  static Path extract(Path base) {
    try {
      byte[] list = resource(SUMS);
      Path directory = base.resolve(hex(sha256(list)).substring(0, 16));
      createPrivate(directory);
      for (Map.Entry<String, String> file : parse(list).entrySet()) {
        Path target = directory.resolve(file.getKey());
        if (!isIntact(target, file.getValue())) {
          write(target, file.getKey(), file.getValue());
        }
      }
      return directory;
    } catch (IOException e) {
      throw new EngineException(
          EngineStatus.UNSUPPORTED,
          "cannot extract the native libraries under " + base + " (set r1.native.dir): " + e,
          e);
    }
  }

  private static Map<String, String> parse(byte[] list) {
    Map<String, String> sums = new LinkedHashMap<>();
    for (String line : new String(list, StandardCharsets.UTF_8).lines().toList()) {
      sums.put(line.substring(66), line.substring(0, 64));
    }
    return sums;
  }

  private static void createPrivate(Path directory) throws IOException {
    var userOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(userOnly));
    Files.setPosixFilePermissions(directory, userOnly);
  }

  private static boolean isIntact(Path file, String sum) throws IOException {
    return Files.isRegularFile(file) && hex(sha256(Files.readAllBytes(file))).equals(sum);
  }

  /** Writes beside the target, verifies, and renames, so that a reader sees all or nothing. */
  private static void write(Path target, String name, String sum) throws IOException {
    byte[] bytes = resource(name);
    if (!hex(sha256(bytes)).equals(sum)) {
      throw new IOException(name + " in the jar does not match its sum");
    }
    Path temporary = Files.createTempFile(target.getParent(), name, ".part");
    try {
      Files.write(temporary, bytes);
      if (!isIntact(temporary, sum)) {
        throw new IOException(name + " was not written whole");
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IOException(RESOURCES + name + " is not in the jar");
      }
      return in.readAllBytes();
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
