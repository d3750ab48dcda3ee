package io.r1platform.eval.sets;

import java.util.List;

/** Of the people in stories and logic. */
final class Names {
  private static final List<String> ENGLISH =
      List.of(
          "Anna", "Ben", "Carl", "Dora", "Emma", "Finn", "Gina", "Hugo", "Iris", "Jack", "Kate",
          "Leo", "Mia", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tom", "Vera");

  private static final List<String> KOREAN =
      List.of(
          "민수", "지우", "서연", "하준", "수진", "도윤", "유나", "은호", "소라", "태민", "지훈", "미나", "현우", "가은", "동현",
          "나리");

  private Names() {}

  static List<String> of(boolean korean) {
    return korean ? KOREAN : ENGLISH;
  }
}
