package io.r1platform.inference.generation;

import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.ModelFile;
import io.r1platform.inference.checkpoints.Checkpoint;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.memory.FreeMemory;
import io.r1platform.inference.models.ModelPlan;
import io.r1platform.inference.models.ModelSizes;
import io.r1platform.prompts.R1Template;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether this service could load and serve a model, by its file alone: a program of its own in
 * this service's jar, for {@code ./r1 model}. It opens no engine and no port. The checks are those
 * of a load: architecture, markers and template, memory.
 */
public final class ModelCheck {
  private static final int MAX_RUNNING = 16; // r1.inference.generation.max-running
  private static final int REFUSED = 2;
  private static final String USER = "<｜User｜>";
  private static final String ASSISTANT = "<｜Assistant｜>";

  private final FreeMemory memory;
  private final Supplier<OptionalLong> graphicsMemory;

  /**
   * What a model is.
   *
   * @param format {@code gguf} or {@code huggingface}
   * @param capabilities what follows from its template
   * @param neededBytes of memory for one request of the longest context: of the machine for
   *     llama.cpp, of the graphics processors, for weights alone, for TensorRT-LLM
   * @param usableBytes what is there for it, null where that is not known
   * @param files all that it consists of, absolute
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Report(
      String format,
      String architecture,
      String quantization,
      long parameters,
      int contextTokens,
      List<String> capabilities,
      long neededBytes,
      @Nullable Long usableBytes,
      List<String> files) {}

  ModelCheck(FreeMemory memory, Supplier<OptionalLong> graphicsMemory) {
    this.memory = memory;
    this.graphicsMemory = graphicsMemory;
  }

  /**
   * Prints the report as JSON, or what is wrong and exits with 2.
   *
   * @param arguments the file or directory, and the longest context in tokens, 0 = the model's
   */
  public static void main(String[] arguments) {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    var check = new ModelCheck(new FreeMemory(Path.of("/")), GraphicsMemory::bytes);
    try {
      Path path = Path.of(arguments[0]).toAbsolutePath().normalize();
      Report report = check.report(path, Integer.parseInt(arguments[1]));
      out.println(JsonMapper.shared().writeValueAsString(report));
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      System.exit(REFUSED);
    }
  }

  /**
   * The report.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  Report report(Path path, int contextTokens) {
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("there is no " + path);
    }
    try {
      return Files.isDirectory(path) ? checkpoint(path) : file(path, contextTokens);
    } catch (EngineException e) {
      throw new IllegalArgumentException(message(e), e);
    } catch (ServiceException e) {
      throw new IllegalArgumentException(e.explanation(), e);
    }
  }

  private Report file(Path path, int contextTokens) {
    ModelFile model = ModelFile.of(path);
    List<String> capabilities = capabilities(path, model.markers(), model.template());
    EngineOptions.Sizes sizes =
        EngineOptions.defaults(path)
            .withRequests(MAX_RUNNING, 0)
            .withContextTokens(contextTokens)
            .sizes();
    var need = new MemoryNeed(model.memory(), sizes);
    OptionalLong free = memory.bytes();
    if (free.isPresent()) {
      var name = String.valueOf(path.getFileName()).replaceAll("[^A-Za-z0-9._-]", "-");
      var plan =
          new ModelPlan(path, "m-" + name.substring(0, Math.min(60, name.length())), 1, 1, 1, 0, 0);
      ModelSizes unused = need.grant(plan, free.getAsLong());
    }
    return new Report(
        "gguf",
        model.architecture(),
        model.quantization(),
        model.parameters(),
        contextTokens == 0 ? model.contextTokens() : contextTokens,
        capabilities,
        need.least(),
        free.isPresent() ? MemoryNeed.usable(free.getAsLong()) : null,
        texts(model.parts()));
  }

  private Report checkpoint(Path directory) {
    Checkpoint model = Checkpoint.of(directory);
    List<String> capabilities = capabilities(directory, model.markers(), model.template());
    OptionalLong there = graphicsMemory.get();
    if (there.isPresent() && there.getAsLong() < model.weightBytes()) {
      throw new IllegalArgumentException(
          "%s needs %d bytes of graphics memory for its weights alone; the processors here have %d"
              .formatted(directory, model.weightBytes(), there.getAsLong()));
    }
    return new Report(
        "huggingface",
        model.architecture(),
        model.quantization(),
        model.parameters(),
        model.contextTokens(),
        capabilities,
        model.weightBytes(),
        there.isPresent() ? there.getAsLong() : null,
        texts(model.files()));
  }

  /** What the template that is rendered here can do in this vocabulary, whatever its name is. */
  private static List<String> capabilities(
      Path path, Set<String> markers, @Nullable String template) {
    if (template != null && !(template.contains(USER) && template.contains(ASSISTANT))) {
      throw new IllegalArgumentException(
          path
              + ": its chat template is not R1's: it has no "
              + USER
              + " and "
              + ASSISTANT
              + ". Right are R1, its distills and what was trained on their template");
    }
    R1Template rendered;
    try {
      rendered = new R1Template(marker -> markers.contains(marker) ? 0 : -1, text -> new int[0]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: %s. Right are R1, its distills and what was trained on their template"
              .formatted(path, e.getMessage()),
          e);
    }
    var capabilities = new ArrayList<>(List.of("chat", "reasoning"));
    if (rendered.hasTools()) {
      capabilities.add("tools");
    }
    return capabilities;
  }

  private static List<String> texts(List<Path> files) {
    return files.stream().map(file -> file.toAbsolutePath().normalize().toString()).toList();
  }

  private static String message(EngineException refused) {
    String text = String.valueOf(refused.getMessage());
    String status = refused.status() + ": ";
    return text.startsWith(status) ? text.substring(status.length()) : text;
  }
}
