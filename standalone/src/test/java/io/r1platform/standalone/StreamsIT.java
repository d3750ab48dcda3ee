package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.Chat.Answer;
import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.testing.Figures;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Many tenants at once, some of whom hang up half-way. */
@ExtendWith(PlatformExtension.class)
class StreamsIT {
  private static final int STREAMS = 20;
  private static final int CUTS = 5;

  /** A hang-up can come after the last token; such a stream was not cut, and another is tried. */
  private static final int ROUNDS = 10;

  private static final String QUESTION = "What is 347 + 589?";
  private final Platform platform;
  private final Chat chat;

  StreamsIT(Platform platform) {
    this.platform = platform;
    this.chat = platform.chat();
  }

  @Test
  void chargesCutStreamsForWhatWasGeneratedAndReconcilesToTheToken() throws Exception {
    int half = chat.stream(QUESTION, Chat.NEVER).events() / 2;
    assertThat(half).isGreaterThan(1);

    int requests = 1;
    var cut = new ArrayList<JsonNode>();
    for (int round = 0; round < ROUNDS && cut.size() < CUTS; round++) {
      int wanted = CUTS - cut.size();
      List<Answer> answers = together(wanted, half);
      requests += STREAMS;
      assertThat(answers.subList(wanted, STREAMS)).allMatch(Answer::done);
      for (Answer answer : answers.subList(0, wanted)) {
        JsonNode request = platform.inLedger(answer.requestId());
        if (request.path("finish").asString().equals("client_disconnect")) {
          cut.add(request);
        }
      }
    }

    assertThat(cut).hasSize(CUTS).allSatisfy(StreamsIT::isChargedForWhatWasGenerated);
    Reconciliation clean = platform.reconciled();
    Figures.write(
        "streams",
        "requests=%d cut=%d engine=%s journal=%s usage=%s ledger_usd=%s difference=%s"
            .formatted(
                requests,
                cut.size(),
                clean.engine().subtract(clean.waived()),
                clean.journal(),
                clean.usage(),
                clean.ledgerCost().toPlainString(),
                clean.unexplained()));
  }

  /** Runs all streams at once; the first few hang up after {@code half} events. */
  private List<Answer> together(int cuts, int half) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Answer>> calls =
          IntStream.range(0, STREAMS)
              .<Callable<Answer>>mapToObj(
                  i -> () -> chat.stream(QUESTION, i < cuts ? half : Chat.NEVER))
              .toList();
      var answers = new ArrayList<Answer>();
      for (Future<Answer> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  private static void isChargedForWhatWasGenerated(JsonNode request) {
    JsonNode tokens = request.path("tokens");
    long output =
        Long.parseLong(tokens.path("reasoning").asString())
            + Long.parseLong(tokens.path("answer").asString());
    assertThat(output).isPositive();
    assertThat(request.path("engine").path("tok_out").asString()).isEqualTo("" + output);
    assertThat(new BigDecimal(request.path("cost").asString())).isPositive();
  }
}
