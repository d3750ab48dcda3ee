package io.r1platform.inference.checkpoints;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A directory of Hugging Face: {@code config.json}, {@code tokenizer.json} and {@code
 * *.safetensors}.
 *
 * @param architecture {@code deepseek_v3}, {@code qwen2} or {@code llama}
 * @param quantization its method, or else the type of most weights, such as {@code BF16}
 * @param parameters number of weights
 * @param contextTokens longest prompt and output together
 * @param markers added tokens, such as {@code <think>}
 * @param template its chat template; null if it has none
 * @param weightBytes of all files of weights
 * @param files all that it consists of
 */
public record Checkpoint(
    String architecture,
    String quantization,
    long parameters,
    int contextTokens,
    Set<String> markers,
    @Nullable String template,
    long weightBytes,
    List<Path> files) {
  private static final Set<String> ARCHITECTURES = Set.of("deepseek_v3", "qwen2", "llama");
  private static final long TEXT_BYTES_MAX = 64L << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Takes copies. */
  public Checkpoint {
    markers = Set.copyOf(markers);
    files = List.copyOf(files);
  }

  /**
   * Reads a directory.
   *
   * @throws IllegalArgumentException saying which file is missing or wrong, and what it should be
   */
  public static Checkpoint of(Path directory) {
    try {
      return new Reading(directory).checkpoint();
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + directory + ": " + e, e);
    }
  }

  /** One directory, file by file. */
  private static final class Reading {
    private final Path directory;
    private final List<Path> files = new ArrayList<>();

    Reading(Path directory) {
      this.directory = directory;
    }

    Checkpoint checkpoint() throws IOException {
      JsonNode config = json("config.json");
      String architecture = config.path("model_type").asString("");
      rule(
          ARCHITECTURES.contains(architecture),
          "config.json: model_type is '%s'; supported are %s, those of R1 and its distills"
              .formatted(architecture, String.join(", ", new TreeSet<>(ARCHITECTURES))));
      int context = config.path("max_position_embeddings").asInt(0);
      rule(context > 0, "config.json: max_position_embeddings is missing or not above 0");
      Set<String> markers =
          StreamSupport.stream(json("tokenizer.json").path("added_tokens").spliterator(), false)
              .map(token -> token.path("content").asString(""))
              .collect(Collectors.toSet());
      String template = template();
      Map<String, Long> byType = new HashMap<>();
      long bytes = 0;
      for (Path file : weights()) {
        SafetensorsFile weights = SafetensorsFile.of(file);
        weights.weightsByType().forEach((type, count) -> byType.merge(type, count, Long::sum));
        bytes += weights.bytes();
        files.add(file);
      }
      String method = config.path("quantization_config").path("quant_method").asString("");
      return new Checkpoint(
          architecture,
          method.isEmpty() ? mostly(byType) : method,
          byType.values().stream().mapToLong(Long::longValue).sum(),
          context,
          markers,
          template,
          bytes,
          files);
    }

    private static String mostly(Map<String, Long> byType) {
      return byType.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse("unknown");
    }

    private @Nullable String template() throws IOException {
      Path own = directory.resolve("chat_template.jinja");
      if (Files.isRegularFile(own)) {
        return text(own);
      }
      return Files.isRegularFile(directory.resolve("tokenizer_config.json"))
          ? json("tokenizer_config.json").path("chat_template").asString(null)
          : null;
    }

    private List<Path> weights() throws IOException {
      Path index = directory.resolve("model.safetensors.index.json");
      var named = new TreeSet<String>();
      if (Files.isRegularFile(index)) {
        json("model.safetensors.index.json")
            .path("weight_map")
            .forEach(file -> named.add(file.asString("")));
        for (String name : named) {
          rule(
              name.matches("[A-Za-z0-9._-]+") && Files.isRegularFile(directory.resolve(name)),
              "%s is missing, which model.safetensors.index.json names".formatted(name));
        }
      } else {
        try (Stream<Path> all = Files.list(directory)) {
          all.map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.endsWith(".safetensors"))
              .forEach(named::add);
        }
      }
      rule(!named.isEmpty(), "there are no weights: *.safetensors is missing");
      return named.stream().sorted(Comparator.naturalOrder()).map(directory::resolve).toList();
    }

    private JsonNode json(String name) throws IOException {
      Path file = directory.resolve(name);
      rule(Files.isRegularFile(file), name + " is missing");
      try {
        JsonNode json = JSON.readTree(text(file));
        rule(json.isObject(), name + " is no JSON object");
        return json;
      } catch (JacksonException e) {
        throw new IllegalArgumentException(
            directory + ": " + name + " is not JSON: " + e.getOriginalMessage(), e);
      }
    }

    private String text(Path file) throws IOException {
      rule(Files.size(file) <= TEXT_BYTES_MAX, file.getFileName() + " has more than 64 MiB");
      files.add(file);
      return Files.readString(file, StandardCharsets.UTF_8);
    }

    private void rule(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalArgumentException(directory + ": " + otherwise);
      }
    }
  }
}
