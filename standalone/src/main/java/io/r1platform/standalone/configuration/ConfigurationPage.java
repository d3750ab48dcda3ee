package io.r1platform.standalone.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code docs/configuration.md}: every setting of ours, from the records that read them. */
public final class ConfigurationPage {
  private static final Map<String, String> MODULES = modules();

  private static final String HEAD =
      """
      # Settings

      This page is written by `./r1 docs` from the records that read the settings; a test fails when
      it is stale. Each module of a service reads one group of them. A setting is given

      - as an environment variable: upper case, dots and brackets as `_`, dashes left out:
        `r1.api.relay.body-limit` is `R1_API_RELAY_BODYLIMIT`, `r1.inference.models[0].path` is
        `R1_INFERENCE_MODELS_0_PATH`;
      - on the command line (`--r1.api.relay.body-limit=8MB`), or in an `application.yaml` beside
        the jar;
      - under `./r1`, in `.r1/<service>.settings.json`: one JSON object with full names.

      A duration is a number with `ms`, `s`, `m`, `h` or `d`; a size one with `KB`, `MB` or `GB`.
      What a group refuses at the start it says by name. Settings of Spring Boot for logs, traces
      and TLS are in [operations.md](operations.md).
      """;

  private final Path root;

  /** The page of the checkout at {@code root}. */
  public ConfigurationPage(Path root) {
    this.root = root;
  }

  /** Where it lies. */
  public Path file() {
    return root.resolve("docs/configuration.md");
  }

  /** What it says now. */
  public String text() {
    var page = new StringBuilder(HEAD);
    MODULES.forEach(
        (module, title) -> {
          List<SettingsRecord> records =
              SettingsSources.read(root.resolve(module).resolve("src/main/java"));
          page.append("\n## ").append(title).append('\n');
          records.stream()
              .filter(record -> record.prefix() != null)
              .sorted(Comparator.comparing(record -> Objects.requireNonNull(record.prefix())))
              .forEach(record -> group(page, record, records));
        });
    return page.toString();
  }

  /** Writes the page anew. */
  public void write() {
    try {
      Files.writeString(file(), text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> modules() {
    var modules = new LinkedHashMap<String, String>();
    modules.put("api-service", "api-service");
    modules.put("inference-service", "inference-service");
    modules.put("billing-service", "billing-service");
    modules.put("r1-spring-ai-starter", "r1-spring-ai-starter");
    return modules;
  }

  private static void group(
      StringBuilder page, SettingsRecord record, List<SettingsRecord> others) {
    String prefix = Objects.requireNonNull(record.prefix());
    page.append("\n### `").append(prefix).append("`\n\n").append(record.summary()).append("\n\n");
    page.append("| Setting | Type | Default | What |\n|---|---|---|---|\n");
    for (String row : rows(prefix, record, others)) {
      page.append(row).append('\n');
    }
  }

  private static List<String> rows(
      String prefix, SettingsRecord record, List<SettingsRecord> others) {
    var rows = new ArrayList<String>();
    for (SettingsRecord.Component component : record.components()) {
      String name = prefix + "." + component.key();
      var part =
          others.stream()
              .filter(other -> other.prefix() == null)
              .filter(other -> other.name().equals(component.element()))
              .filter(other -> other.home().equals(record.home()))
              .findFirst();
      rows.add(
          "| `%s` | %s | %s | %s |"
              .formatted(
                  name,
                  part.isPresent() ? component.isList() ? "list" : "group" : type(component),
                  part.isPresent() && component.standard() == null ? "–" : standard(component),
                  component.text().replace("|", "\\|")));
      part.ifPresent(
          inner -> rows.addAll(rows(component.isList() ? name + "[0]" : name, inner, others)));
    }
    return rows;
  }

  private static String standard(SettingsRecord.Component component) {
    String value = component.standard();
    if (value != null) {
      return value.isEmpty() ? "empty" : "`" + value + "`";
    }
    return switch (component.type()) {
      case "int", "long", "double" -> "`0`";
      case "boolean" -> "`false`";
      default -> component.nullable() ? "none" : "must be set";
    };
  }

  private static String type(SettingsRecord.Component component) {
    String one =
        switch (component.element()) {
          case "int", "long", "double", "Integer", "Long", "Double" -> "number";
          case "boolean", "Boolean" -> "boolean";
          case "Duration" -> "duration";
          case "DataSize" -> "size";
          case "Path" -> "path";
          case "URI" -> "URL";
          case "String" -> "text";
          default -> "`" + component.element() + "`";
        };
    return component.isList() ? "list of " + one : one;
  }
}
