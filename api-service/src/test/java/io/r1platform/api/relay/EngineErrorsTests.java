package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.metering.Finish;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How a request ended must agree with what it is charged. */
class EngineErrorsTests {
  @Test
  void whatWaitedTooLongWasRefusedOnlyIfItHasNoToken() {
    assertThat(timedOut(0)).isEqualTo(Finish.REFUSED);
    assertThat(timedOut(5)).isEqualTo(Finish.ENGINE_ERROR);
  }

  private static Finish timedOut(int output) {
    String body =
        """
        {"error": {"code": "queue_timeout", "message": "It waited."},
         "usage": {"prompt_tokens": 3, "completion_tokens": %d}}
        """
            .formatted(output);
    return EngineErrors.inside(body.getBytes(StandardCharsets.UTF_8), JsonMapper.shared()).finish();
  }
}
