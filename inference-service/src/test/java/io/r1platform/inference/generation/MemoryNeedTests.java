package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.ModelMemory;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.models.ModelPlan;
import io.r1platform.inference.models.ModelSizes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The fixture: 2 layers of latent attention, 32 + 32 elements of F32 a token, 512 tokens. */
final class MemoryNeedTests {
  private static final Path FIXTURE =
      Path.of("../native/src/test/resources/fixture/deepseek2-tiny.gguf");
  private static final long FILE = 986_816;
  private static final long CELL = 2 * (32 + 32) * Float.BYTES;
  private static final long CONTEXT = 512 * CELL;
  private static final int RUNNING = 4;

  private final ModelPlan plan = new ModelPlan(FIXTURE, "m", 2, 512, 512, 0, 0);
  private final EngineOptions options = EngineOptions.defaults(FIXTURE).withRequests(RUNNING, 16);
  private final ModelMemory memory = ModelMemory.of(FIXTURE);
  private final MemoryNeed need = new MemoryNeed(memory, options.sizes());
  private final long compute = memory.computeBytes(options.sizes());

  /** So much that nine tenths of it are {@code usable}. */
  private static long free(long usable) {
    return usable / 9 * 10 + 10;
  }

  @Test
  void latentAttentionKeepsNoValues() {
    assertThat(memory.fileBytes()).isEqualTo(FILE);
    assertThat(memory.contextTokens()).isEqualTo(512);
    assertThat(memory.cellBytes()).isEqualTo(CELL);
    assertThat(need.least()).isEqualTo(FILE + CONTEXT + compute);
  }

  @Test
  void whatFitsGetsCacheForAllItsRequestsAndNoLimit() {
    ModelSizes granted = need.grant(plan, free(FILE + RUNNING * CONTEXT + compute));
    assertThat(granted).isEqualTo(new ModelSizes(FILE, RUNNING * CONTEXT, compute));
    assertThat(need.limitOf(granted)).isZero();
  }

  @Test
  void whatFitsForFewerRequestsGetsTheRestAsALimit() {
    ModelSizes granted = need.grant(plan, free(FILE + 2 * CONTEXT + compute));
    assertThat(granted.cache()).isBetween(2 * CONTEXT, 2 * CONTEXT + CELL);
    assertThat(need.limitOf(granted)).isBetween(1_024 * 768L, 1_025 * 768L);
  }

  @Test
  void whatDoesNotFitIsRefusedWithBothNumbers() {
    long free = free(FILE + CONTEXT + compute) - 100;
    ServiceException refused =
        catchThrowableOfType(ServiceException.class, () -> need.grant(plan, free));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_STATE);
    assertThat(refused).hasMessageContaining("needs " + need.least() + " bytes");
    assertThat(refused).hasMessageContaining(free - free / 10 + " are free");
  }
}
