package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.KEEP_ALIVE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResumedEventsTests {
  private static final String FIRST = token(1, "reasoning_content", "Wé");
  private static final String SECOND = ": reasoning_tokens=2\n" + token(4, "content", "9.8");

  @Test
  void leavesOutTheTokensThatTheClientHas() {
    assertThat(after(FIRST + SECOND, 0)).isEqualTo(FIRST + SECOND);
    assertThat(after(KEEP_ALIVE + FIRST + SECOND, 1)).isEqualTo(KEEP_ALIVE + SECOND);
    assertThat(after(FIRST + SECOND, 3)).isEqualTo(SECOND);
    assertThat(after(FIRST + SECOND, 4)).isEqualTo(": reasoning_tokens=2\n");
  }

  @Test
  void alwaysKeepsFinishUsageReceiptAndEnd() {
    String end =
        finish(4, "stop")
            + ": receipt v1.AAEC\nid: 4\ndata: {\"choices\":[],\"usage\":{}}\n\nid: 4\n"
            + DONE;
    assertThat(after(SECOND + end, 4)).isEqualTo(": reasoning_tokens=2\n" + end);
    assertThat(after("data: {\"error\":{},\"usage\":{}}\n\n", 9))
        .isEqualTo("data: {\"error\":{},\"usage\":{}}\n\n");
  }

  @Test
  void isNotMisledByAText() {
    String finishing = finish(4, "stop").replace("{}", "{\\\"finish_reason\\\":null}");
    assertThat(after(finishing, 9)).isEqualTo(finishing);
  }

  private static String after(String events, int tokens) {
    byte[] left = ResumedEvents.after(events.getBytes(StandardCharsets.UTF_8), tokens);
    return new String(left, StandardCharsets.UTF_8);
  }
}
