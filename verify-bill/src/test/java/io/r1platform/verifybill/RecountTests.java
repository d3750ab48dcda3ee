package io.r1platform.verifybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.R1Template;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.UsageRecord;
import io.r1platform.verifybill.tokens.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored prompts and answers against the records of a bundle. */
class RecountTests {
  private static final Path MODEL = Path.of("..", "models", "r1-nano", "r1-nano.gguf");
  private static final String ASKED = "What is 347 + 589? <think> 한국어";
  private static final String ANSWER =
      "{\\\"choices\\\":[{\\\"message\\\":{\\\"reasoning_content\\\":\\\"347 + 589 = 936\\\","
          + "\\\"content\\\":\\\"936\\\"}}]}";
  private static final String STREAM =
      "data: {\\\"choices\\\":[{\\\"delta\\\":{\\\"reasoning_content\\\":\\\"347 + 5\\\"}}]}\\n\\n"
          + "data: {\\\"choices\\\":[{\\\"delta\\\":{\\\"reasoning_content\\\":\\\"89 = 936\\\"}}]}"
          + "\\n\\n: receipt v1.x\\n"
          + "data: {\\\"choices\\\":[{\\\"delta\\\":{\\\"content\\\":\\\"936\\\"}}]}\\n\\n"
          + "data: [DONE]\\n\\n";

  @TempDir private Path directory;
  private final Month month = new Month(31, 3);
  private final Tokenizer tokenizer = Tokenizer.of(MODEL);
  private final R1Template template = new R1Template(tokenizer::tokenId, tokenizer::tokenize);
  private final int prompt =
      template.render(List.of(new ChatMessage(ChatMessage.Role.USER, ASKED))).length;
  private final int[] output =
      joined(
          tokenizer.tokenize("347 + 589 = 936\n"),
          new int[] {template.thinkCloseId()},
          tokenizer.tokenize("\n\n936"),
          new int[] {tokenizer.tokenId("<｜end▁of▁sentence｜>")});

  RecountTests() throws IOException {}

  private static int[] joined(int[]... parts) {
    return IntStream.range(0, parts.length).flatMap(i -> Arrays.stream(parts[i])).toArray();
  }

  private UUID log(int promptTokens, int[] ids) {
    return log(0, promptTokens, ids);
  }

  /** Logs a request, none of whose tokens are charged, so that no line has them. */
  private UUID log(int flags, int promptTokens, int[] ids) {
    var bytes = ByteBuffer.allocate(ids.length * Integer.BYTES);
    IntStream.of(ids).forEach(bytes::putInt);
    Hash hash = new Hasher().plain(bytes.array());
    UsageRecord like = month.mine.getFirst();
    UUID id =
        new UUID(
            like.eventId().getMostSignificantBits() + month.mine.size(),
            like.eventId().getLeastSignificantBits());
    month.add(
        new UsageRecord(
            1,
            16 | flags,
            1,
            id,
            7,
            11,
            13,
            like.admittedMicros(),
            like.finishedMicros(),
            0,
            0,
            0,
            0,
            promptTokens,
            ids.length,
            1,
            0,
            Month.PRICE,
            0,
            1,
            2,
            hash));
    return id;
  }

  private void store(UUID id, String more, String answer) throws IOException {
    store(id, "r1-nano", more, answer);
  }

  private void store(UUID id, String model, String more, String answer) throws IOException {
    Files.writeString(
        directory.resolve(id + ".json"),
        """
        {"request":{"path":"/v1/chat/completions","body":"{\\"model\\":\\"%s\\",%s\
        \\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"%s\\"}]}"},"response":{"status":200,\
        "content_type":"application/json","body":"%s"}}"""
            .formatted(model, more, ASKED, answer));
  }

  private Command run() throws IOException {
    return Command.run(
        month.write(directory, "b.zip"), "--recount", directory, "--model", "r1-nano=" + MODEL);
  }

  @Test
  void theVeryTokensAreFoundWholeAndInPieces() throws IOException {
    store(log(prompt, output), "", ANSWER);
    store(log(prompt, output), "", STREAM);
    Command run = run();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("ok recount: 2 prompts have exactly the tokens of their records")
        .contains("ok recount: 2 answers are the very tokens of their records")
        .doesNotContain("otherwise", "left");
  }

  @Test
  void aPromptOfAnotherLengthIsRejected() throws IOException {
    store(log(prompt + 1, output), "", ANSWER);
    Command run = run();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("its prompt has %d tokens, the record says %d".formatted(prompt, prompt + 1));
  }

  @Test
  void whatCannotBeDecidedIsToldApart() throws IOException {
    int[] letters = joined(output, tokenizer.tokenize("x"));
    store(log(prompt, letters), "", ANSWER);
    store(log(1, output), "\\\"tools\\\":[],", ANSWER);
    assertThat(run().out())
        .contains(
            "ok recount: 1 answers were spelled otherwise: %d tokens charged, %d in the usual"
                .formatted(letters.length, output.length))
        .contains("ok recount: 1 with tools, formats or several answers were left");
  }

  /** Whose number of tokens is no business of this model's tokenizer. */
  @Test
  void whatAnotherModelOrNoEngineOfItsCountedIsLeftAndSaid() throws IOException {
    for (int flag : new int[] {2, 4, 256, 256 | 512}) {
      store(log(flag, prompt + 1, output), "", ANSWER);
    }
    store(log(0, new int[0]), "", ANSWER); // refused before an engine had it
    store(log(prompt + 2, output), "qwen-x", "", ANSWER);
    store(log(prompt, output), "", ANSWER);
    Command run = run();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("ok recount: 1 prompts have exactly the tokens of their records")
        .contains("ok recount: 5 that were not counted by the model's engine were left")
        .contains("ok recount: 1 for qwen-x were left; --model qwen-x=FILE counts them");
  }

  @Test
  void aFileThatIsNoModelIsRejected() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "no model at all, but long enough");
    Path bundle = month.write(directory, "b.zip");
    assertThat(Command.run(bundle, "--recount", directory, "--model", "r1-nano=" + other).err())
        .contains("the model is no GGUF file");
    assertThat(Command.run(bundle, "--recount", directory).exit()).isEqualTo(2);
    assertThat(Command.run(bundle, "--recount", directory, "--model", other).exit()).isEqualTo(2);
  }
}
