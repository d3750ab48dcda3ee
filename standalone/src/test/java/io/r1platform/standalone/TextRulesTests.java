package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What no compiler checks, over the text of every source file. */
class TextRulesTests {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> NOT_OURS =
      Set.of(".git", ".r1", "target", "node_modules", "dist", "coverage", "build", "__pycache__");
  private static final Pattern CODE = Pattern.compile(".*\\.(java|cpp|hpp|h|ts|tsx|mjs)");
  private static final Pattern TEXT =
      Pattern.compile(".*(\\.(java|cpp|hpp|h|tsx?|mjs|css|sql|py|xml|ya?ml|md|sh)|/r1|/run)");
  private static final int LINE = 100;
  private static final int FILE = 500;

  /** What no formatter breaks: imports, addresses, long words, and a line that is one string. */
  private static final Pattern UNBREAKABLE =
      Pattern.compile(
          "import .*|.*https?://\\S+.*|.*\\S{60,}.*|\\s*(\\+ |return |\\w+: )?[\"'`].*");

  /** Written in two words, so that this file keeps its own rule. */
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.}])/(work|root)/\\w|/tmp/" + "(team|clone)|temurin-\\d+-jdk-\\w+64");

  private static final Map<Path, List<String>> FILES = read();

  @Test
  void seesTheSources() {
    assertThat(FILES.keySet().stream().map(Path::toString))
        .contains("r1", "pom.xml", "native/src/main/cpp/include/r1_engine.h")
        .anyMatch(name -> name.startsWith("console/src/"))
        .anyMatch(name -> name.startsWith("api-service/src/main/java/"));
  }

  @Test
  void linesOfCodeHaveAtMostAHundredColumns() {
    assertThat(
            lines(
                CODE,
                line ->
                    line.codePointCount(0, line.length()) > LINE
                        && !UNBREAKABLE.matcher(line).matches()))
        .isEmpty();
  }

  @Test
  void filesOfCodeHaveAtMostFiveHundredLines() {
    assertThat(FILES.entrySet())
        .filteredOn(file -> CODE.matcher(file.getKey().toString()).matches())
        .allSatisfy(file -> assertThat(file.getValue()).hasSizeLessThanOrEqualTo(FILE));
  }

  @Test
  void nothingIsIndentedWithTabs() {
    assertThat(lines(TEXT, line -> line.contains("\t"))).isEmpty();
  }

  @Test
  void noLineEndsInSpace() {
    assertThat(lines(TEXT, line -> !line.equals(line.stripTrailing()))).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(lines(TEXT, line -> UNFINISHED.matcher(line).find())).isEmpty();
  }

  @Test
  void onlyTheBridgeIncludesJni() {
    assertThat(lines(CODE, line -> line.matches("\\s*#\\s*include\\s*[<\"]jni\\.h[>\"].*")))
        .isNotEmpty()
        .allMatch(found -> found.startsWith("native/src/main/cpp/jni/"));
  }

  @Test
  void nothingKnowsTheMachineItWasWrittenOn() {
    assertThat(lines(TEXT, line -> MACHINE_PATH.matcher(line).find())).isEmpty();
  }

  /** Each such line as {@code file:number: text}. */
  private static List<String> lines(Pattern names, Predicate<String> wanted) {
    var found = new ArrayList<String>();
    FILES.forEach(
        (file, lines) -> {
          if (names.matcher("/" + file).matches()) {
            for (int i = 0; i < lines.size(); i++) {
              if (wanted.test(lines.get(i))) {
                found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
              }
            }
          }
        });
    return found;
  }

  private static Map<Path, List<String>> read() {
    var files = new TreeMap<Path, List<String>>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes what) {
              return NOT_OURS.contains(directory.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes what)
                throws IOException {
              if (TEXT.matcher(file.toString()).matches()) {
                files.put(ROOT.relativize(file), Files.readAllLines(file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return files;
  }
}
