package io.r1platform.standalone.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReconciliationTests {
  private static final String CLEAN =
      """
      {"engine": {"requests": "3", "input": "30", "output": "70"},
       "journal": {"requests": "3", "input": "25", "output": "65", "cost": "0.0015",
                   "admitted": "3", "open": "0", "unshipped": "0"},
       "usage": {"requests": "3", "input": "25", "output": "65", "cost": "0.00150"},
       "ledger": {"cost": "0.0015"},
       "waived": [{"cause": "LATE_STOP", "requests": "1", "input": "5", "output": "5"}],
       "orphans": [{"event_id": "0199", "settled": "LOST"}],
       "held": "0", "differences": []}
      """;

  @Test
  void isCleanWhenEveryColumnAgrees() {
    var clean = of(CLEAN);

    assertThat(clean.isClean()).isTrue();
    assertThat(clean.unexplained()).isZero();
    assertThat(clean.settled()).containsExactly("0199 settled as LOST");
    assertThat(clean.line())
        .startsWith("reconcile engine=90 journal=90 usage=90 ledger=90 difference=0 waived=10 ");
  }

  @Test
  void countsOrphansThatAreNotListed() {
    String many = "\"unshipped\": \"0\", \"orphans\": \"1201\"";
    var result = of(CLEAN.replace("\"unshipped\": \"0\"", many));

    assertThat(result.isClean()).isTrue();
    assertThat(result.unlisted()).isEqualTo(1_200);
    assertThat(result.line()).endsWith(" orphans=1201");
  }

  @Test
  void namesATokenThatNobodyExplains() {
    var result = of(CLEAN.replace("\"output\": \"70\"", "\"output\": \"71\""));

    assertThat(result.isClean()).isFalse();
    assertThat(result.differences())
        .containsExactly("engine tokens less waived, and usage tokens differ: 91 and 90");
    assertThat(result.line()).contains(" difference=1 ");
  }

  @Test
  void namesAPicoDollarThatTheLedgerLacks() {
    var result = of(CLEAN.replace("{\"cost\": \"0.0015\"}", "{\"cost\": \"0.001499999999\"}"));

    assertThat(result.isClean()).isFalse();
    assertThat(result.differences())
        .containsExactly("usage and ledger cost differ: 0.00150 and 0.001499999999");
    assertThat(result.line()).contains(" ledger=? ").contains(" difference=1 ");
  }

  @Test
  void namesWhatBillingNamesAndWhatIsHeld() {
    var result =
        of(
            CLEAN
                .replace("\"held\": \"0\"", "\"held\": \"2\"")
                .replace("\"differences\": []", "\"differences\": [{\"event_id\": \"017\"}]"));

    assertThat(result.differences()).containsExactly("{\"event_id\":\"017\"}", "held records: 2");
  }

  @Test
  void waitsForWhatIsStillOnTheWay() {
    var result =
        of(
            CLEAN
                .replace("\"unshipped\": \"0\"", "\"unshipped\": \"4\"")
                .replace("\"open\": \"0\"", "\"open\": \"1\""));

    assertThat(result.isClean()).isFalse();
    assertThat(result.pending()).hasSize(2);
    assertThat(result.line()).contains(" difference=pending ");
  }

  @Test
  void comparesWithoutTheJournalWhereItsDaysWereDropped() {
    var result =
        of(
            CLEAN
                .replace("\"journal\": {\"requests\": \"3\", \"input\": \"25\"", "\"journal\": {")
                .replace("\"unshipped\": \"0\"", "\"unshipped\": \"0\", \"days_dropped\": \"1\"")
                .replace("\"journal\": {,", "\"journal\": {"));

    assertThat(result.isClean()).isTrue();
    assertThat(result.line()).contains(" journal=dropped usage=90 ").contains("difference=0");
  }

  @Test
  void comparesTheJournalWhereNothingWasDropped() {
    var result =
        of(CLEAN.replace("\"journal\": {\"requests\": \"3\"", "\"journal\": {\"requests\": \"4\""));

    assertThat(result.pending()).containsExactly("the journal has 4 requests, billing 3");
  }

  private static Reconciliation of(String json) {
    return Reconciliation.of(JsonMapper.builder().build().readTree(json));
  }
}
