package io.r1platform.standalone.commands;

import io.r1platform.standalone.models.ModelRegistry;
import io.r1platform.standalone.models.PublicList;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a model on the public price list. */
@Command(
    name = "price",
    description = {
      "Publish the first prices of an added model on the public list, in USD for a",
      "million tokens. They hold six minutes later: every gateway knows a price before",
      "it begins. What is published never changes; the console makes the next version."
    })
final class ModelPrice implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String name;

  @Parameters(index = "1", paramLabel = "CACHED", description = "Prompt tokens from the cache.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private BigDecimal cached;

  @Parameters(index = "2", paramLabel = "PROMPT", description = "Other prompt tokens.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private BigDecimal prompt;

  @Parameters(index = "3", paramLabel = "OUTPUT", description = "Reasoning and answer.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private BigDecimal output;

  ModelPrice(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    ModelRegistry registry = invocation.models();
    int modelId = registry.require(name).modelId();
    var prices = new PublicList.Prices(cached, prompt, output);
    Instant from =
        new PublicList(invocation.adminApi())
            .add(name, modelId, prices, invocation.clock().instant());
    spec.commandLine().getOut().printf("%s has prices from %s on%n", name, from);
    return 0;
  }
}
