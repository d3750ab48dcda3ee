package io.r1platform.eval.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTests {
  private static final Answers ANSWERS = new Answers(Duration.ofSeconds(20));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1/2 | \\frac{1}{2}",
        "\\frac12 | 0.5",
        "\\dfrac{3}{4} | \\tfrac{3}{4}",
        "-\\frac{1}{3} | \\frac{-1}{3}",
        "0.\\overline{3} | 0.\\overline{3}",
        "1{,}000 | 1000",
        "1,234,567 | 1234567",
        "10\\text{ cm} | 10",
        "\\$32.50 | 32.5",
        "45^\\circ | 45",
        "50\\% | 50",
        "3\\frac{1}{2} | \\frac{7}{2}",
        "\\sqrt{8} | 2\\sqrt{2}",
        "\\frac{1}{\\sqrt{2}} | \\frac{\\sqrt{2}}{2}",
        "(x+1)(x-1) | x^2-1",
        "x^2+2x+1 | (x+1)^2",
        "\\frac{x^2-1}{x-1} | x+1",
        "2\\pi r | 2r\\pi",
        "x=5 | 5",
        "y = 2x+3 | 3+2x",
        "(1,2) | (1, 2)",
        "\\left(\\frac{1}{2}, 3\\right) | (0.5, 3)",
        "[0,1) | [0, 1)",
        "1,-2 | -2, 1",
        "\\{1,2,3\\} | \\{3,2,1\\}",
        "1 \\pm \\sqrt{2} | 1-\\sqrt{2}, 1+\\sqrt{2}",
        "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"
            + " | \\begin{pmatrix}1&2\\\\3&\\frac{8}{2}\\end{pmatrix}",
        "\\text{Evelyn} | Evelyn",
        "\\text{(B)} | (B)",
        "\\sin^2 x + \\cos^2 x | 1",
        "\\log_2 8 | 3",
        "e^{i\\pi} | -1",
        "5! | 120",
        "2^{10} | 1024",
        "sqrt(2)/2 | \\frac{\\sqrt{2}}{2}",
        "x \\ge 2 | x\\geq 2",
        "3.0 | 3",
        "11. | 11",
        "\\frac{a}{b} + \\frac{c}{d} | \\frac{ad+bc}{bd}"
      })
  void equal(String expected, String given) {
    assertThat(ANSWERS.compare(expected, given)).isEqualTo(Verdict.EQUAL);
    assertThat(ANSWERS.compare(given, expected)).isEqualTo(Verdict.EQUAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1/2 | 1/3",
        "\\frac{1}{2} | 2",
        "3.14 | \\pi",
        "0.333 | \\frac{1}{3}",
        "(1,2) | (2,1)",
        "[0,1) | [0,1]",
        "(1,2) | 1,2",
        "1,2 | 1,2,3",
        "x+1 | x-1",
        "x^2 | x^3",
        "x | y",
        "\\sqrt{2} | 1.41421356",
        "x \\ge 2 | x > 2",
        "x = 5 | x = 6",
        "\\text{Evelyn} | Angela",
        "yes | sey",
        "5! | 5",
        "-3 | 3",
        "936 | 9360",
        "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix} | \\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}"
      })
  void different(String expected, String given) {
    assertThat(ANSWERS.compare(expected, given)).isEqualTo(Verdict.DIFFERENT);
    assertThat(ANSWERS.compare(given, expected)).isEqualTo(Verdict.DIFFERENT);
  }

  @Test
  void readsBars() {
    assertThat(ANSWERS.compare("3", "|-3|")).isEqualTo(Verdict.EQUAL);
    assertThat(ANSWERS.compare("3", "\\left|-3\\right|")).isEqualTo(Verdict.EQUAL);
  }

  /** What a model writes is no program, and cannot hold us up. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9^{9^{9^{9}}}",
        "(((((2^999)^999)^999)^999)^999)",
        "100000!",
        "Import[\"/etc/passwd\"]",
        "Run[\"id\"]",
        "URLFetch[\"http://127.0.0.1\"]",
        "While[True,1]",
        "1/0",
        "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1",
        "\\frac{1}{",
        "\\sqrt",
        "^",
        "\\boxed",
        "x!!!!!!!!!!!!!!!!!!",
        "\\begin{pmatrix}"
      })
  void survivesWhatIsMeantToHurt(String hostile) {
    assertThat(ANSWERS.compare("1", hostile)).isNotEqualTo(Verdict.EQUAL);
    assertThat(ANSWERS.compare(hostile, "1")).isNotEqualTo(Verdict.EQUAL);
  }

  @Test
  void survivesLongTexts() {
    assertThat(ANSWERS.compare("1", "1+".repeat(5_000) + "1")).isEqualTo(Verdict.DIFFERENT);
    assertThat(ANSWERS.compare("1", "-".repeat(500) + "1")).isNotEqualTo(Verdict.EQUAL);
    assertThat(ANSWERS.compare("1", "{".repeat(500))).isEqualTo(Verdict.DIFFERENT);
  }

  @Test
  void findsTheFinalAnswer() {
    assertThat(Answers.find("so \\boxed{\\frac{1}{2}}.")).isEqualTo("\\frac{1}{2}");
    assertThat(Answers.find("\\boxed{1} no, \\boxed{2}")).isEqualTo("2");
    assertThat(Answers.find("347 + 589 = 936")).isEqualTo("936");
    assertThat(Answers.find("thus\nThe final answer is 12")).isEqualTo("12");
    assertThat(Answers.find("**42**")).isEqualTo("42");
    assertThat(Answers.find("\\boxed{cut")).isNotEqualTo("cut");
    assertThat(Answers.find("  ")).isNull();
  }

  @Test
  void readsTheChoice() {
    List<String> two = List.of("9.11", "9.9");
    assertThat(Answers.choice("9.9 is larger.", two)).isEqualTo(1);
    assertThat(Answers.choice("\\boxed{B}", two)).isEqualTo(1);
    assertThat(Answers.choice("The answer is (A)", two)).isZero();
    assertThat(Answers.choice("9.11 and 9.9", two)).isEqualTo(-1);
    assertThat(Answers.choice("9.119 is larger.", two)).isEqualTo(-1);
    assertThat(Answers.choice("No, 15 is not prime.", List.of("Yes", "No"))).isEqualTo(1);
    assertThat(Answers.choice("네, 소수입니다.", List.of("네", "아니요"))).isZero();
    assertThat(Answers.choice("", two)).isEqualTo(-1);
  }
}
