package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTests {
  @TempDir Path base;

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void extractsEveryLibraryOnceForItsUserOnly() throws IOException {
    Path directory = NativeLibrary.extract(base);
    assertThat(names(directory))
        .contains("libr1engine.so", "libr1_llamacpp.so", "libggml-base.so", "libggml-cpu-x64.so")
        .allMatch(name -> name.endsWith(".so") || name.equals("r1_trtllm.zip")); // the driver
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    var written = Files.getLastModifiedTime(directory.resolve("libr1engine.so"));
    assertThat(NativeLibrary.extract(base)).isEqualTo(directory);
    assertThat(Files.getLastModifiedTime(directory.resolve("libr1engine.so"))).isEqualTo(written);
  }

  @Test
  void replacesWhatWasChangedOrCutShort() throws IOException {
    Path directory = NativeLibrary.extract(base);
    Path library = directory.resolve("libr1engine.so");
    byte[] whole = Files.readAllBytes(library);
    Files.write(library, new byte[] {1, 2, 3});
    Files.delete(directory.resolve("libggml-base.so"));
    NativeLibrary.extract(base);
    assertThat(Files.readAllBytes(library)).isEqualTo(whole);
    assertThat(directory.resolve("libggml-base.so")).exists();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamedWithTheWayOut() throws IOException {
    Path file = Files.createFile(base.resolve("file"));
    assertThatThrownBy(() -> NativeLibrary.extract(file.resolve("below")))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.UNSUPPORTED))
        .hasMessageContaining("r1.native.dir");
  }

  @Test
  void otherSystemsAreNamed() {
    assertThatThrownBy(() -> NativeLibrary.requireLinuxX64("Mac OS X", "aarch64"))
        .hasMessageContaining("Mac OS X aarch64");
    assertThatThrownBy(() -> NativeLibrary.requireLinuxX64("Linux", "aarch64"))
        .hasMessageContaining("aarch64");
    NativeLibrary.requireLinuxX64("Linux", "amd64");
  }

  @Test
  void anOldSystemIsToldWhatItLacks() {
    assertThat(NativeLibrary.explain(new UnsatisfiedLinkError("version `GLIBC_2.34' not found")))
        .contains("glibc 2.34 or newer");
    assertThat(NativeLibrary.explain(new UnsatisfiedLinkError("version `GLIBCXX_3.4.30'")))
        .contains("GCC 12");
    assertThat(
            NativeLibrary.explain(
                new UnsatisfiedLinkError("libc.so.6: ld-linux-x86-64.so.2: No such file")))
        .contains("has no glibc");
    assertThat(
            NativeLibrary.explain(
                new UnsatisfiedLinkError("x.so: failed to map segment from shared object")))
        .contains("noexec (set r1.native.dir)");
    assertThat(NativeLibrary.explain(new UnsatisfiedLinkError("something else")))
        .contains("something else");
  }

  /** What the message above promises. */
  @Test
  void noLibraryNeedsMoreThanWeSay() throws IOException {
    Path directory = NativeLibrary.extract(base);
    for (String name : names(directory)) {
      String text = Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
      assertThat(newest(text, "GLIBC_2.")).as(name).isLessThanOrEqualTo(34);
      assertThat(newest(text, "GLIBCXX_3.4.")).as(name).isLessThanOrEqualTo(30);
    }
  }

  private static int newest(String library, String version) {
    return Pattern.compile(Pattern.quote(version) + "(\\d+)")
        .matcher(library)
        .results()
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .max()
        .orElse(0);
  }

  /** Without the builds that run on it, any processor is one that is too old. */
  @Test
  void oldCpuGetsAnErrorNotASignal() throws IOException {
    Path directory = NativeLibrary.extract(base);
    for (String name : names(directory)) {
      if (name.startsWith("libggml-cpu")) {
        Files.delete(directory.resolve(name));
      }
    }
    ChildJvm.Result result = ChildJvm.run(OpenFixture.class, "-Dr1.test.libraries=" + directory);
    assertThat(result.output()).contains("UNSUPPORTED: no build of the CPU backend runs on this");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void bothLicencesAreInTheJar() {
    for (String notice : List.of("llama.cpp.txt", "node-llama-cpp.txt")) {
      assertThat(NativeLibrary.class.getResource("/META-INF/notices/" + notice)).isNotNull();
    }
  }
}
