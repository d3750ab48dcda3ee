package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class ChromiumTests {
  @TempDir private Path directory;
  private final List<String> shown = new ArrayList<>();

  @Test
  void whereChromiumIsMissingTheTestIsSkippedWithOneLine() {
    assertThatThrownBy(() -> Chromium.require(Map.of("PATH", directory.toString()), shown::add))
        .isInstanceOf(TestAbortedException.class);
    assertThat(shown).containsExactly("skipped: Chromium not found");
  }

  @Test
  void whereChromiumIsRequiredItsAbsenceFailsTheTest() {
    var environment = Map.of("PATH", directory.toString(), "R1_REQUIRE_CHROMIUM", "1");
    assertThatThrownBy(() -> Chromium.require(environment, shown::add))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Chromium not found");
    assertThat(shown).isEmpty();
  }

  @Test
  void findsItOnThePathUnlessAnotherPlaceIsNamed() throws Exception {
    Path browser = Files.writeString(directory.resolve("chromium"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(browser, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(Chromium.require(Map.of("PATH", "/nowhere:" + directory), shown::add))
        .isEqualTo(browser);
    assertThat(Chromium.find(Map.of("PATH", directory.toString(), "R1_CHROMIUM", "/nowhere")))
        .isEmpty();
    assertThat(Chromium.find(Map.of("R1_CHROMIUM", browser.toString()))).contains(browser);
  }
}
