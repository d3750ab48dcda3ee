package io.r1platform.standalone.commands;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The measurements of inference-service: each is a class beside its tests that writes its figures.
 */
enum InferenceFigures {
  /** What the queue gives to whom. */
  FAIRNESS("FairnessFigures"),
  /** Whether answers are of their schemas. */
  SCHEMAS("SchemaFigures"),
  /** Speed over HTTP against llama-server. */
  HTTP("HttpFigures"),
  /** Memory while models come and go; takes {@code r1.soak.minutes}. */
  SOAK("SoakFigures");

  private final String testClass;

  InferenceFigures(String testClass) {
    this.testClass = testClass;
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** On a database that syncs, as in production; with these properties, {@code -Dname=value}. */
  int run(Invocation invocation, PrintWriter out, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("-Dr1.test.durable=true");
    return new ModuleFigures("inference-service", word(), testClass).run(invocation, out, all);
  }
}
