package io.r1platform.standalone.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationPageTests {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path root;

  @Test
  void thePageSaysWhatTheRecordsSay() throws IOException {
    var page = new ConfigurationPage(ROOT);

    assertThat(Files.readString(page.file()))
        .as("docs/configuration.md is stale: ./r1 docs writes it anew")
        .isEqualTo(page.text());
  }

  @Test
  void everySettingIsExplained() {
    assertThat(new ConfigurationPage(ROOT).text().lines())
        .filteredOn(line -> line.startsWith("| `"))
        .hasSizeGreaterThan(100)
        .noneMatch(line -> line.endsWith("|  |"));
  }

  @Test
  void readsPrefixNamesTypesDefaultsAndParts() throws IOException {
    Path sources = root.resolve("api-service/src/main/java/io/demo");
    Files.createDirectories(sources);
    for (String module : new String[] {"inference-service", "billing-service"}) {
      Files.createDirectories(root.resolve(module).resolve("src/main/java"));
    }
    Files.createDirectories(root.resolve("r1-spring-ai-starter/src/main/java"));
    Files.writeString(sources.resolve("Part.java"), "record Part(String url) {}\n");
    Files.writeString(
        sources.resolve("DemoSettings.java"),
        """
        /**
         * What a demo does.
         *
         * @param longWait longest {@code wait}
         * @param tokenFile a | file
         * @param parts what it is made of
         */
        @ConfigurationProperties("r1.demo")
        record DemoSettings(
            @DefaultValue("2s") Duration longWait, @Nullable Path tokenFile, List<Part> parts) {
          private static final int NONE = 0;
        }
        """);

    assertThat(new ConfigurationPage(root).text())
        .contains(
            """
            ### `r1.demo`

            What a demo does.

            | Setting | Type | Default | What |
            |---|---|---|---|
            | `r1.demo.long-wait` | duration | `2s` | longest `wait` |
            | `r1.demo.token-file` | path | none | a \\| file |
            | `r1.demo.parts` | list | – | what it is made of |
            | `r1.demo.parts[0].url` | text | must be set |  |
            """);
  }
}
