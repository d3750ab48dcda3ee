package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each alert has a page, each page an alert, and the index both. */
class AlertPagesTests {
  private static final String PAGES = "docs/operations/alerts";

  /** Every rule of {@code deploy/prometheus/alerts.yaml}. */
  static List<JsonNode> rules() throws IOException {
    Path file = Platform.root().resolve("deploy/prometheus/alerts.yaml");
    Object all = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    JsonNode groups = JsonMapper.shared().valueToTree(all);
    return groups
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  @Test
  void everyAlertHasAPageThatSaysWhatToDo() throws IOException {
    String index = Files.readString(Platform.root().resolve("docs/operations.md"));
    assertThat(rules()).hasSizeGreaterThan(20);
    for (JsonNode rule : rules()) {
      String name = rule.path("alert").asString();
      String runbook = rule.path("annotations").path("runbook").asString();
      String severity = rule.path("labels").path("severity").asString();
      assertThat(runbook).isEqualTo(PAGES + "/" + name + ".md");
      assertThat(severity).isIn("page", "ticket");
      assertThat(Files.readString(Platform.root().resolve(runbook)))
          .startsWith("# " + name + "\n")
          .contains(
              "Severity `" + severity + "`",
              "```promql\n" + rule.path("expr").asString() + "\n```",
              "## What it means\n",
              "## What to look at\n",
              "## What to do\n");
      assertThat(index)
          .contains("[%1$s](operations/alerts/%1$s.md) | %2$s |".formatted(name, severity));
    }
  }

  @Test
  void everyPageHasAnAlert() throws IOException {
    List<String> names =
        rules().stream().map(rule -> rule.path("alert").asString() + ".md").toList();
    try (Stream<Path> pages = Files.list(Platform.root().resolve(PAGES))) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }
}
