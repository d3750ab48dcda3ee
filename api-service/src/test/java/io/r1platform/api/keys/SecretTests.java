package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretTests {

  @Test
  void readsWhatItWrote() {
    for (int seed = 0; seed < 200; seed++) {
      Secret secret = Secret.random(new Random(seed));
      assertThat(secret.text()).matches("sk-r1-[0-9A-Za-z]{46}");
      Secret parsed = Objects.requireNonNull(Secret.parse(secret.text()));
      assertThat(parsed.sha256()).isEqualTo(secret.sha256());
      assertThat(parsed.publicId()).isEqualTo(secret.text().substring(6, 14));
    }
  }

  @Test
  void isTheSameKeyInEveryVersionOfThisCode() {
    String text = "sk-r1-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcd1lnWsL";
    Secret golden = Secret.random(new CountingGenerator());
    assertThat(golden.text().substring(0, 46)).isEqualTo(text.substring(0, 46));
    assertThat(golden.text()).isEqualTo(text);
  }

  @Test
  void refusesEveryTypoOfOneCharacter() {
    String text = Secret.random(new Random(1)).text();
    for (int i = 0; i < text.length(); i++) {
      for (char wrong : new char[] {'0', 'a', 'Z', '-', ' ', 'é'}) {
        if (text.charAt(i) != wrong) {
          assertThat(Secret.parse(text.substring(0, i) + wrong + text.substring(i + 1)))
              .as("position %s replaced by %s", i, wrong)
              .isNull();
        }
      }
    }
  }

  @Test
  void refusesEverySwapOfNeighbours() {
    String text = Secret.random(new Random(2)).text();
    for (int i = 0; i + 1 < text.length(); i++) {
      char left = text.charAt(i);
      char right = text.charAt(i + 1);
      if (left != right) {
        assertThat(Secret.parse(text.substring(0, i) + right + left + text.substring(i + 2)))
            .isNull();
      }
    }
  }

  @Test
  void refusesWhatIsNotOurs() {
    for (String text :
        new String[] {"", "sk-r1-", "sk-proj-abc", "x".repeat(52), "x".repeat(9999)}) {
      assertThat(Secret.parse(text)).isNull();
    }
  }

  @Test
  void hidesTheSecretWhenPrinted() {
    Secret secret = Secret.random(new Random(3));
    assertThat(secret.toString()).doesNotContain(secret.text().substring(14, 46));
    var key = new IssuedKey(view(), secret.text());
    assertThat(key.toString()).doesNotContain(secret.text());
  }

  @Test
  void neverRepeats() {
    var random = new java.security.SecureRandom();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      assertThat(seen.add(Secret.random(random).text())).isTrue();
    }
  }

  @Test
  void settingsThatWouldBreakTheSecondAreRefused() {
    var second = java.time.Duration.ofSeconds(1);
    var day = java.time.Duration.ofDays(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KeySettings(1, second, second, second, 1, second, day));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new KeySettings(
                    1, second.dividedBy(4), second, second, 1, second, day.minusMillis(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new KeySettings(
                    1, second.dividedBy(4), second, second.plusMillis(1), 1, second, day));
  }

  private static KeyView view() {
    return new KeyView(
        1,
        1,
        "n",
        "abcdefgh",
        "wxyz",
        Rights.USUAL,
        null,
        java.time.Instant.EPOCH,
        null,
        null,
        null,
        0);
  }

  /** Gives 0, 1, 2, … below the bound. */
  private static final class CountingGenerator implements java.util.random.RandomGenerator {
    private int next;

    @Override
    public int nextInt(int bound) {
      return next++ % bound;
    }

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException();
    }
  }
}
