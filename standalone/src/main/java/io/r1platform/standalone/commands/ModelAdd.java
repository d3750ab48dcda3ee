package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import io.r1platform.standalone.build.Staleness;
import io.r1platform.standalone.models.Inspection;
import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.models.RegisteredModel;
import io.r1platform.standalone.models.RegisteredModel.Description;
import io.r1platform.standalone.supervisor.Part;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a model and remembers it. */
@Command(
    name = "add",
    description = {
      "Check a model and remember it: architecture, chat template and markers,",
      "context, memory, SHA-256. Nothing is loaded, and nothing remembered of what is",
      "refused. The file stays where it is and must not change."
    })
final class ModelAdd implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "A GGUF file, its first part, or a Hugging Face directory.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Path file;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "In requests: up to 64 of a-z 0-9 . _ - (the file's name, in small letters).")
  private @Nullable String name;

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      defaultValue = "0",
      description = "Longest prompt and output together; less needs less memory (the model's).")
  private int context;

  @Option(names = "--copy", description = "Copy it to .r1/models (it stays where it is).")
  private boolean copy;

  ModelAdd(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    if (context < 0) {
      throw new ParameterException(spec.commandLine(), "--context must not be negative");
    }
    ModelRegistry registry = invocation.models();
    Path path = file.toAbsolutePath().normalize();
    String chosen = name == null ? nameOf(path) : name;
    registry.requireFree(chosen);
    Inspection inspection = inspection(invocation, spec.commandLine().getErr());
    Description found = inspection.of(path, context);
    RegisteredModel added = copy ? copied(registry, chosen, path, found, inspection) : null;
    if (added == null) {
      added = registry.add(chosen, path, found, false, invocation.clock().instant());
    }
    tell(added, spec.commandLine().getOut());
    return 0;
  }

  private RegisteredModel copied(
      ModelRegistry registry, String chosen, Path path, Description found, Inspection inspection) {
    Path own = registry.copy(chosen, path, found.files());
    try {
      return registry.add(
          chosen, own, inspection.of(own, context), true, invocation.clock().instant());
    } catch (RuntimeException e) {
      registry.discard(chosen);
      throw e;
    }
  }

  private static String nameOf(Path path) {
    String stem = String.valueOf(path.getFileName()).replaceFirst("\\.gguf$", "");
    String plain = stem.replaceFirst("-00001-of-\\d{5}$", "").toLowerCase(Locale.ROOT);
    return plain.replaceAll("[^a-z0-9._-]+", "-");
  }

  private static void tell(RegisteredModel model, PrintWriter out) {
    Description found = model.description();
    Long usable = found.usableBytes();
    out.printf(
        Locale.ROOT,
        """
        added %s: %s, %,d parameters, %s, context %,d, %s
        memory  needs %,d bytes, %s
        sha256  %s
        ./r1 model use %s serves it
        """,
        model.name(),
        found.architecture(),
        found.parameters(),
        found.quantization(),
        found.contextTokens(),
        String.join(", ", found.capabilities()),
        found.neededBytes(),
        usable != null
            ? String.format(Locale.ROOT, "%,d can be had", usable)
            : found.isForTensorRt()
                ? "and no NVIDIA processor is seen here: TensorRT-LLM cannot run it on this machine"
                : "and this machine does not say what it has",
        model.sha256(),
        model.name());
    out.flush();
  }

  /** The check of inference-service's jar, which is built if it is missing or older than it. */
  static Inspection inspection(Invocation invocation, PrintWriter progress) {
    boolean builds = invocation.environment().getOrDefault("R1_NO_BUILD", "").isEmpty();
    if (builds && new Staleness(invocation.root()).stale().contains(Part.INFERENCE)) {
      new Maven(invocation.root(), invocation.home(), invocation.clock())
          .buildStale(
              line -> {
                progress.println(line);
                progress.flush();
              });
    }
    return new Inspection(Part.INFERENCE.jar(invocation.root()));
  }
}
