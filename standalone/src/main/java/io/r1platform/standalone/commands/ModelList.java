package io.r1platform.standalone.commands;

import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.models.RegisteredModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** One line for each model. */
@Command(
    name = "list",
    description = {
      "List the models: name, whether it is in use, file, architecture, parameters,",
      "quantization, context in tokens, memory that it needs in bytes. r1-nano comes",
      "with the checkout: models/r1-nano/README.md says what it is."
    })
final class ModelList implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(names = "--json", description = "As a JSON array, with number, files and SHA-256 (off).")
  private boolean json;

  ModelList(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    ModelRegistry registry = invocation.models();
    List<String> inUse = registry.inUse();
    List<Map<String, Object>> rows = new ArrayList<>();
    rows.add(builtIn(registry, inUse));
    registry.models().forEach(model -> rows.add(row(model, inUse.contains(model.name()))));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(rows));
      return 0;
    }
    List<String> columns =
        List.of(
            "name",
            "in_use",
            "file",
            "architecture",
            "parameters",
            "quantization",
            "context_tokens",
            "needed_bytes");
    out.println(String.join("\t", columns));
    for (Map<String, Object> row : rows) {
      out.println(
          columns.stream()
              .map(column -> String.valueOf(row.getOrDefault(column, "-")))
              .collect(Collectors.joining("\t")));
    }
    return 0;
  }

  private static Map<String, Object> builtIn(ModelRegistry registry, List<String> inUse) {
    var row = new LinkedHashMap<String, Object>();
    row.put("name", ModelRegistry.BUILT_IN);
    row.put("in_use", inUse.contains(ModelRegistry.BUILT_IN));
    row.put("file", registry.builtIn().toString());
    row.put("format", "gguf");
    row.put("architecture", "deepseek2");
    try {
      row.put("bytes", Files.exists(registry.builtIn()) ? Files.size(registry.builtIn()) : 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + registry.builtIn(), e);
    }
    return row;
  }

  private static Map<String, Object> row(RegisteredModel model, boolean inUse) {
    RegisteredModel.Description found = model.description();
    var row = new LinkedHashMap<String, Object>();
    row.put("name", model.name());
    row.put("in_use", inUse);
    row.put("file", model.path().toString());
    row.put("format", found.format());
    row.put("architecture", found.architecture());
    row.put("parameters", found.parameters());
    row.put("quantization", found.quantization());
    row.put("context_tokens", found.contextTokens());
    row.put("capabilities", found.capabilities());
    row.put("needed_bytes", found.neededBytes());
    row.put("bytes", model.bytes());
    row.put("sha256", model.sha256());
    row.put("model_id", model.modelId());
    row.put("copied", model.copied());
    row.put("added_at", model.addedAt().toString());
    return row;
  }
}
