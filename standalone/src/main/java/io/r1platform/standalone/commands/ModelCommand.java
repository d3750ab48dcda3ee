package io.r1platform.standalone.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done with models. */
@Command(
    name = "model",
    description = {
      "The models that r1 up serves: list, add, use, price, remove.",
      "A GGUF file (R1, its distills) for llama.cpp, a Hugging Face directory for TensorRT-LLM.",
      "What is refused says what is wrong and what would be right, with exit code 2."
    })
final class ModelCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what: r1 model list, add FILE, use NAME, price NAME, remove NAME");
  }
}
