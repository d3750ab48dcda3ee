package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GenerationTests {
  @Test
  void greedyIdsEqualThoseOfPyTorch() {
    try (Engine engine = Fixture.open()) {
      long id = 1;
      for (Fixture.Case example : Fixture.cases()) {
        engine.submit(
            GenerationRequest.greedy(id, example.promptIds(), example.greedy().size())
                .ignoringEnd());
        Generated generated = Generated.one(engine, id);
        assertThat(generated.ids).isEqualTo(example.greedy());
        id++;
      }
    }
  }
}
