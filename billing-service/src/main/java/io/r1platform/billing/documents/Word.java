package io.r1platform.billing.documents;

/** Every word of a document, in its languages. */
enum Word {
  INVOICE("Invoice", "청구서"),
  CREDIT_NOTE("Credit note", "대변 메모"),
  DRAFT("Draft: not an invoice yet", "초안: 아직 청구서가 아닙니다"),
  VOID("Void", "무효"),
  NUMBER("Number", "번호"),
  ISSUED("Issued", "발행일"),
  DUE("Due", "납부 기한"),
  PERIOD("Period", "청구 기간"),
  REFERENCE("For invoice", "원 청구서"),
  BILLED_TO("Billed to", "공급받는 자"),
  FROM("From", "공급자"),
  TAX_NUMBER("Tax number", "사업자(납세자) 번호"),
  AMOUNT_DUE("Amount due", "청구 금액"),
  AMOUNT_CREDITED("Amount credited", "차감 금액"),
  ITEM("Item", "항목"),
  TOKENS("Tokens", "토큰"),
  UNIT_PRICE("Per million", "백만 토큰당"),
  AMOUNT("Amount", "금액"),
  PROJECT("Project", "프로젝트"),
  HIT("input tokens, cached", "입력 토큰(캐시)"),
  MISS("input tokens", "입력 토큰"),
  REASONING("reasoning tokens", "추론 토큰"),
  OUTPUT("answer tokens", "답변 토큰"),
  BATCH("batch", "배치"),
  WINDOW("window", "시간대"),
  LATE("usage of", "사용 월"),
  TIER("Tiered price", "구간 요금 조정"),
  SHORTFALL("To the minimum commitment", "최소 약정 미달분"),
  PAID("Paid from your credit", "선불 크레딧 사용"),
  PROMO("Paid from promotional credit", "프로모션 크레딧 사용"),
  CARRIED_TO("Carried to the next invoice", "다음 청구서로 이월"),
  CARRIED_FROM("Carried over from an earlier invoice", "이전 청구서에서 이월"),
  LINE("line", "항목"),
  OTHER("Other", "기타"),
  SUBTOTAL("Subtotal", "소계"),
  OF("of", "과세표준"),
  TOTAL("Total", "합계"),
  NET_TERMS("Please pay by the due date.", "납부 기한까지 납부해 주십시오."),
  PAYMENT_DETAILS("How to pay", "납부 방법"),
  ROUNDED(
      "Lines are exact until they are rounded once, on this page. Exact sum before tax",
      "각 항목은 정확히 계산되며 이 문서에서 한 번만 반올림됩니다. 세전 정확한 합계"),
  PRICES("Price lists", "가격표"),
  PRICES_WHY(
      "Each line names the price list it was charged by; its hash is the one in your receipts.",
      "각 항목은 적용된 가격표를 표시하며, 해시는 영수증의 값과 같습니다."),
  PAGE("Page", "페이지"),
  VOIDED("Made void on", "무효 처리일"),
  REASON("Reason", "사유"),
  SUBJECT("%s %s from %s", "%3$s %1$s %2$s"),
  GREETING("Your document %s is attached. Amount: %s.", "문서 %s을(를) 첨부합니다. 금액: %s."),
  VOID_NEWS("Document %s was made void.", "문서 %s이(가) 무효 처리되었습니다.");

  private final String english;
  private final String korean;

  Word(String english, String korean) {
    this.english = english;
    this.korean = korean;
  }

  String in(Language language) {
    return switch (language) {
      case EN -> english;
      case KO -> korean;
    };
  }
}
