package io.r1platform.standalone.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.supervisor.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StalenessTests {
  private static final Instant WRITTEN = Instant.parse("2026-11-22T01:00:00Z");
  private static final Instant BUILT = WRITTEN.plusSeconds(60);
  private static final Instant CHANGED = BUILT.plusSeconds(60);

  @TempDir private Path root;

  @BeforeEach
  void makeACheckoutThatWasBuilt() throws IOException {
    write("pom.xml", WRITTEN);
    for (Part part : Part.values()) {
      write(part.service() + "/src/main/java/Some.java", WRITTEN);
      write(root.relativize(part.jar(root)).toString(), WRITTEN);
      new Staleness(root).built(part, FileTime.from(BUILT));
    }
    write("native/src/main/cpp/engine.cpp", WRITTEN);
    write("prompts/src/main/java/Some.java", WRITTEN);
    write("service-support/src/main/java/Some.java", WRITTEN);
    write("receipts/src/main/java/Some.java", WRITTEN);
    write("exporter/src/main/java/Some.java", WRITTEN);
    write("console/src/app.tsx", WRITTEN);
  }

  @Test
  void nothingIsStaleAfterABuild() {
    assertThat(new Staleness(root).stale()).isEmpty();
  }

  @Test
  void eachSourceMakesItsServiceStale() throws IOException {
    write("native/src/main/cpp/engine.cpp", CHANGED);
    assertThat(new Staleness(root).stale()).containsExactly(Part.INFERENCE);

    write("console/src/app.tsx", CHANGED);
    assertThat(new Staleness(root).stale()).containsExactly(Part.INFERENCE, Part.API);

    write("pom.xml", CHANGED);
    assertThat(new Staleness(root).stale()).containsExactly(Part.values());
  }

  @Test
  void whatServicesShareMakesThemAllStale() throws IOException {
    write("service-support/src/main/java/Some.java", CHANGED);

    assertThat(new Staleness(root).stale()).containsExactly(Part.values());
  }

  @Test
  void theSharedPromptsMakeInferenceStale() throws IOException {
    write("prompts/src/main/java/Some.java", CHANGED);

    assertThat(new Staleness(root).stale()).containsExactly(Part.INFERENCE);
  }

  @Test
  void theSharedReceiptsMakeBillingStale() throws IOException {
    write("receipts/src/main/java/Some.java", CHANGED);

    assertThat(new Staleness(root).stale()).containsExactly(Part.BILLING);
  }

  @Test
  void theExporterMakesBillingStale() throws IOException {
    write("exporter/src/main/java/Some.java", CHANGED);

    assertThat(new Staleness(root).stale()).containsExactly(Part.BILLING);
  }

  @Test
  void testsAndWhatBuildsLeaveMakeNothingStale() throws IOException {
    write("api-service/src/test/java/SomeTests.java", CHANGED);
    write("console/node_modules/react/index.js", CHANGED);
    write("native/target/libr1.so", CHANGED);

    assertThat(new Staleness(root).stale()).isEmpty();
  }

  @Test
  void aMissingJarIsStale() throws IOException {
    Files.delete(Part.BILLING.jar(root));

    assertThat(new Staleness(root).stale()).containsExactly(Part.BILLING);
  }

  @Test
  void reportsAreSummedFromThisRunOnly() throws IOException {
    report("api-service/target/surefire-reports/TEST-a.xml", 5, 1, 1, 2, CHANGED);
    report("standalone/target/failsafe-reports/TEST-b.xml", 3, 0, 0, 0, CHANGED);
    report("native/target/surefire-reports/TEST-old.xml", 7, 7, 0, 0, WRITTEN);

    assertThat(TestReports.since(root, FileTime.from(BUILT))).isEqualTo(new TestReports(4, 2, 2));
  }

  private void report(String name, int tests, int failures, int errors, int skipped, Instant when)
      throws IOException {
    write(name, when);
    Path file = root.resolve(name);
    Files.writeString(
        file,
        """
        <?xml version="1.0"?>
        <testsuite name="x" time="1" tests="%d" errors="%d" skipped="%d" failures="%d">
        """
            .formatted(tests, errors, skipped, failures));
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  private void write(String name, Instant when) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
    Files.setLastModifiedTime(file, FileTime.from(when));
  }
}
