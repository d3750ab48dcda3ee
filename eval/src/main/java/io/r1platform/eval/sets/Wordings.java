package io.r1platform.eval.sets;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences with slots, as {@code {n}}. */
final class Wordings {
  private static final List<String> ENGLISH =
      List.of("What is {q}?", "Calculate {q}.", "{q} = ?", "How much is {q}?");
  private static final List<String> KOREAN =
      List.of("{q}의 값은?", "{q} 계산해 줘", "{q}의 답은?", "{q}의 결과는?");

  private static final Pattern SLOT =
      Pattern.compile("\\{(\\w+)}(?:(은|는|이|가|을|를|와|과|으로|로)(?![가-힣]))?");

  /** After a vowel, after a consonant. */
  private static final Map<String, String> CLOSED =
      Map.of("는", "은", "가", "이", "를", "을", "와", "과", "로", "으로");

  private static final Set<Character> VOWEL_DIGITS = Set.of('2', '4', '5', '9');
  private static final Set<Character> L_DIGITS = Set.of('1', '7', '8');
  private static final int FINALS = 28;
  private static final int FINAL_L = 8;

  private Wordings() {}

  /** A question for the value of a formula. */
  static String formula(Draws draws, boolean korean, String formula) {
    return draws.of(korean ? KOREAN : ENGLISH).replace("{q}", formula);
  }

  /** Fills the slots; a Korean particle after one takes the form that its last sound asks for. */
  static String fill(String template, Map<String, String> slots) {
    return SLOT.matcher(template).replaceAll(match -> Matcher.quoteReplacement(text(match, slots)));
  }

  private static String text(MatchResult slot, Map<String, String> slots) {
    String value = String.valueOf(slots.get(slot.group(1)));
    String particle = slot.group(2);
    return particle == null ? value : value + formOf(particle, value.charAt(value.length() - 1));
  }

  private static String formOf(String particle, char last) {
    String open =
        CLOSED.entrySet().stream()
            .filter(forms -> forms.getValue().equals(particle))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(particle);
    boolean isL = L_DIGITS.contains(last) || finalOf(last) == FINAL_L;
    boolean isVowel = VOWEL_DIGITS.contains(last) || finalOf(last) == 0;
    boolean staysOpen = isVowel || (isL && open.equals("로"));
    return staysOpen ? open : String.valueOf(CLOSED.get(open));
  }

  /** The number of the consonant under a Hangul syllable, 0 for none; -1 for another character. */
  private static int finalOf(char character) {
    return character < '가' || character > '힣' ? -1 : (character - '가') % FINALS;
  }
}
