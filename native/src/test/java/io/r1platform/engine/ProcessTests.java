package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only a process of its own shows. */
@Timeout(300)
class ProcessTests {
  @Test
  void theJvmFindsNoFaultInTheNativeMethods() {
    ChildJvm.Result result = ChildJvm.run(EveryNativeMethod.class, "-Xcheck:jni");
    assertThat(result.output())
        .contains(EveryNativeMethod.LAST_WORD)
        .doesNotContain("WARNING in native method")
        .doesNotContain("FATAL ERROR in native method")
        .doesNotContain("WARNING: JNI");
    assertThat(result.exitCode()).isZero();
  }

  /** The heap has a fixed, touched size, so that growth is native. */
  @Test
  void requestsAndEnginesLeakNothing() {
    ChildJvm.Result result =
        ChildJvm.run(
            ManyRequests.class, "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(grownKib(result.output(), "requests")).isLessThan(8 * 1024);
    assertThat(grownKib(result.output(), "engines")).isLessThan(16 * 1024);
  }

  private static long grownKib(String output, String what) {
    Matcher matcher = Pattern.compile(what + " (-?\\d+)").matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
