package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.metering.Finish;
import io.r1platform.standalone.home.Ports;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** Alert rules and dashboard against what the three running services show. */
@ExtendWith(PlatformExtension.class)
class AlertsIT {
  private static final Pattern SERIES =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern SELECTOR =
      Pattern.compile("\\b([a-z][a-z0-9_]*_[a-z0-9_]+|up)\\b(?:\\{([^}]*)})?(?!\\s*\\()");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");

  /** What Prometheus itself adds to each series. */
  private static final Set<String> SCRAPE_LABELS = Set.of("job", "instance");

  private final Platform platform;

  AlertsIT(Platform platform) {
    this.platform = platform;
  }

  @Test
  void everyMetricLabelAndValueExists() throws Exception {
    platform.inLedger(platform.chat().stream("What is 1 + 1?", Chat.NEVER).requestId());
    Map<String, Map<String, Set<String>>> known = new HashMap<>();
    for (Ports.Name service :
        List.of(
            Ports.Name.API_MANAGEMENT,
            Ports.Name.INFERENCE_MANAGEMENT,
            Ports.Name.BILLING_MANAGEMENT)) {
      scrape(service).lines().forEach(line -> take(line, known));
    }
    known.put("up", new HashMap<>());
    Set<String> finishes =
        known
            .getOrDefault("r1_request_seconds_count", Map.of())
            .getOrDefault("finish", new HashSet<>());
    Stream.of(Finish.values()).map(Finish::wire).forEach(finishes::add); // not all have happened

    var wrong = new ArrayList<String>();
    var used = new HashSet<String>();
    for (String expression : expressions()) {
      check(expression, known, used, wrong);
    }
    assertThat(wrong).isEmpty();
    assertThat(used).hasSizeGreaterThan(40);
    Figures.write(
        "alerts", "expressions=%d metrics=%d".formatted(expressions().size(), used.size()));
  }

  private String scrape(Ports.Name service) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(platform.url(service) + "/actuator/prometheus"));
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static void take(String line, Map<String, Map<String, Set<String>>> known) {
    Matcher series = SERIES.matcher(line);
    if (series.matches()) {
      var labels = known.computeIfAbsent(series.group(1), name -> new HashMap<>());
      Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
      while (label.find()) {
        labels.computeIfAbsent(label.group(1), name -> new HashSet<>()).add(label.group(2));
      }
    }
  }

  /** Of every rule and every panel. */
  private static List<String> expressions() throws IOException {
    var found = new ArrayList<String>();
    AlertPagesTests.rules().forEach(rule -> found.add(rule.path("expr").asString()));
    Path dashboard = Platform.root().resolve("deploy/grafana/r1-platform.json");
    JsonMapper.shared()
        .readTree(Files.readString(dashboard))
        .path("panels")
        .forEach(
            panel ->
                panel.path("targets").forEach(target -> found.add(target.path("expr").asString())));
    return found;
  }

  private static void check(
      String expression,
      Map<String, Map<String, Set<String>>> known,
      Set<String> used,
      List<String> wrong) {
    Set<String> labels = new HashSet<>(SCRAPE_LABELS);
    Matcher selector = SELECTOR.matcher(GROUPING.matcher(expression).replaceAll(""));
    while (selector.find()) {
      String name = selector.group(1);
      Map<String, Set<String>> its = known.get(name);
      if (its == null) {
        wrong.add("no metric " + name + " in: " + expression);
        continue;
      }
      used.add(name);
      labels.addAll(its.keySet());
      Matcher matcher = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
      while (matcher.find()) {
        String label = matcher.group(1);
        if (!SCRAPE_LABELS.contains(label)) {
          Stream.of(matcher.group(3).split("\\|", -1))
              .filter(value -> !its.getOrDefault(label, Set.of()).contains(value))
              .forEach(value -> wrong.add("no %s{%s=%s}".formatted(name, label, value)));
        }
      }
    }
    Matcher grouping = GROUPING.matcher(expression);
    while (grouping.find()) {
      Stream.of(grouping.group(1).split(",", -1))
          .map(String::strip)
          .filter(label -> !labels.contains(label))
          .forEach(label -> wrong.add("no label " + label + " in: " + expression));
    }
  }
}
