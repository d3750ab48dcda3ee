package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.models.EngineModels;
import io.r1platform.standalone.models.Inspection;
import io.r1platform.standalone.models.ModelPrices;
import io.r1platform.standalone.models.ModelRefused;
import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.models.ModelRegistry.Served;
import io.r1platform.standalone.models.RegisteredModel;
import io.r1platform.standalone.models.RegisteredModel.Description;
import io.r1platform.standalone.supervisor.Part;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is served, and loads it where the platform runs. */
@Command(
    name = "use",
    description = {
      "Serve this model from now on, or these; r1-nano comes back by its name. Files",
      "are compared with their SHA-256 first. Where the platform runs, what is new is",
      "loaded while the rest serves, and only then what is not named any more is",
      "unloaded: its running requests may end. A model for TensorRT-LLM is served",
      "alone, from the next start on."
    })
final class ModelUse implements Callable<Integer> {
  private static final String AT_NEXT_START =
      "it takes effect at the next start: ./r1 down, then ./r1 up";

  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(arity = "1..8", paramLabel = "NAME", description = "As r1 model list has it.")
  private List<String> names = List.of();

  ModelUse(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    ModelRegistry registry = invocation.models();
    boolean wasTensorRt = registry.served().getFirst().tensorRt();
    requireProcessors(registry);
    registry.use(names);
    PrintWriter out = spec.commandLine().getOut();
    List<Served> served = registry.served();
    if (invocation.supervisor().running().isEmpty()) {
      out.println("in use: " + String.join(", ", names) + "; ./r1 up serves it");
      return 0;
    }
    if (wasTensorRt || served.getFirst().tensorRt()) {
      out.println("in use: " + String.join(", ", names) + "; " + AT_NEXT_START);
      return 0;
    }
    return exchange(served, out);
  }

  /** What TensorRT-LLM is to run needs a processor that holds it. */
  private void requireProcessors(ModelRegistry registry) {
    for (String name : names) {
      if (name.equals(ModelRegistry.BUILT_IN)
          || !registry.require(name).description().isForTensorRt()) {
        continue;
      }
      RegisteredModel model = registry.require(name);
      Inspection inspection = ModelAdd.inspection(invocation, spec.commandLine().getErr());
      Description now = inspection.of(model.path(), 0);
      if (now.usableBytes() == null) {
        throw new ModelRefused(
            "%s needs %d bytes of graphics memory; 0 are there: no NVIDIA processor is seen here"
                .formatted(name, now.neededBytes()));
      }
    }
  }

  private int exchange(List<Served> served, PrintWriter out) {
    Ports ports = invocation.runningPorts();
    var engine =
        new EngineModels(
            ports.url(Ports.Name.INFERENCE), invocation.secrets().value(Part.INFERENCE_TOKEN));
    List<String> failures =
        engine.exchange(
            served,
            line -> {
              out.println(line);
              out.flush();
            });
    if (!failures.isEmpty()) {
      failures.forEach(out::println);
      out.println("not all are loaded, so nothing is unloaded; " + AT_NEXT_START);
      return 1;
    }
    tellPrices(served, ports, out);
    return 0;
  }

  private void tellPrices(List<Served> served, Ports ports, PrintWriter out) {
    String url = ports.url(Ports.Name.API);
    String key = new Tenancy(invocation.adminApi()).standingKey(url, invocation.secrets());
    var prices = new ModelPrices(url, key);
    for (Served model : served) {
      out.println(
          prices
              .missing(model.name(), model.modelId())
              .orElse(model.name() + " is served and has a price"));
    }
  }
}
