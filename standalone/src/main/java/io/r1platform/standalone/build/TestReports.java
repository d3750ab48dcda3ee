package io.r1platform.standalone.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What Maven's tests reported.
 *
 * @param passed tests that ran and held
 * @param failed failures and errors
 * @param skipped tests that did not run
 */
public record TestReports(int passed, int failed, int skipped) {
  private static final Pattern SUITE = Pattern.compile("<testsuite\\b[^>]*>");
  private static final List<String> DIRECTORIES = List.of("surefire-reports", "failsafe-reports");

  /** Sums the reports in {@code root}'s modules that were written since {@code begun}. */
  public static TestReports since(Path root, FileTime begun) {
    try (Stream<Path> modules = Files.list(root)) {
      int passed = 0;
      int failed = 0;
      int skipped = 0;
      for (Path report : modules.flatMap(TestReports::reports).toList()) {
        if (Files.getLastModifiedTime(report).compareTo(begun) < 0) {
          continue;
        }
        Matcher suite = SUITE.matcher(Files.readString(report));
        if (suite.find()) {
          int bad = number(suite.group(), "failures") + number(suite.group(), "errors");
          int out = number(suite.group(), "skipped");
          passed += number(suite.group(), "tests") - bad - out;
          failed += bad;
          skipped += out;
        }
      }
      return new TestReports(passed, failed, skipped);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the test reports", e);
    }
  }

  private static Stream<Path> reports(Path module) {
    return DIRECTORIES.stream()
        .map(name -> module.resolve("target").resolve(name))
        .filter(Files::isDirectory)
        .flatMap(TestReports::xmlFiles);
  }

  private static Stream<Path> xmlFiles(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int number(String element, String attribute) {
    Matcher value = Pattern.compile("\\b" + attribute + "=\"(\\d+)\"").matcher(element);
    return value.find() ? Integer.parseInt(value.group(1)) : 0;
  }
}
