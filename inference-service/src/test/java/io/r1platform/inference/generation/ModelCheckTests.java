package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r1platform.inference.memory.FreeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./r1 model add} takes and refuses. */
final class ModelCheckTests {
  private static final Path FIXTURE =
      Path.of("../native/src/test/resources/fixture/deepseek2-tiny.gguf");
  private static final String MARKERS =
      "<｜begin▁of▁sentence｜> <｜end▁of▁sentence｜> <｜User｜> <｜Assistant｜> <think> </think>";

  @TempDir private Path directory;
  private OptionalLong graphics = OptionalLong.empty();

  @BeforeEach
  void haveMemory() throws Exception {
    free(8_000_000);
  }

  private void free(long kibi) throws Exception {
    Files.createDirectories(directory.resolve("proc"));
    Files.writeString(directory.resolve("proc/meminfo"), "MemAvailable: " + kibi + " kB\n");
  }

  private ModelCheck.Report report(Path path) {
    return new ModelCheck(new FreeMemory(directory), () -> graphics).report(path, 0);
  }

  private void refuses(Path path, String... why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report(path))
        .satisfies(refused -> assertThat(refused.getMessage()).contains(why));
  }

  @Test
  void tellsWhatAFileIsAndNeeds() {
    ModelCheck.Report report = report(FIXTURE);

    assertThat(report.format()).isEqualTo("gguf");
    assertThat(report.architecture()).isEqualTo("deepseek2");
    assertThat(report.quantization()).isEqualTo("F32");
    assertThat(report.parameters()).isBetween(200_000L, 300_000L);
    assertThat(report.contextTokens()).isEqualTo(512);
    assertThat(report.capabilities()).containsExactly("chat", "reasoning", "tools");
    assertThat(report.neededBytes()).isGreaterThan(986_816);
    assertThat(report.usableBytes()).isEqualTo(8_000_000L * 1_024 / 10 * 9);
    assertThat(report.files()).hasSize(1).allMatch(file -> file.endsWith("/deepseek2-tiny.gguf"));
  }

  @Test
  void theNameOfAFileSaysNothing() throws Exception {
    Path renamed = Files.copy(FIXTURE, directory.resolve("Llama-3-Instruct.gguf"));

    assertThat(report(renamed).capabilities()).contains("reasoning");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 500_000, 986_000, 986_810})
  void refusesAFileThatIsCutShort(int missing) throws Exception {
    byte[] whole = Files.readAllBytes(FIXTURE);
    Path cut = directory.resolve("cut.gguf");
    Files.write(cut, Arrays.copyOf(whole, whole.length - missing));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> report(cut))
        .withMessageMatching("(?s).*(cut short|ends at byte|not a GGUF file|of \\d+ bytes at).*");
  }

  @Test
  void refusesAnotherArchitectureAndNamesThoseThatAreRight() throws Exception {
    refuses(edited("deepseek2", "gemma2abc"), "the architecture is gemma2abc", "deepseek2, qwen2");
  }

  @Test
  void refusesAVocabularyWithoutTheMarkersOfReasoning() throws Exception {
    refuses(edited("<think>", "<thank>"), "has no <think>", "Right are R1, its distills");
  }

  @Test
  void refusesWhatDoesNotFitWithBothNumbers() throws Exception {
    free(1_000);

    long needed =
        new ModelCheck(new FreeMemory(Path.of("/")), () -> graphics)
            .report(FIXTURE, 0)
            .neededBytes();

    refuses(FIXTURE, "needs " + needed + " bytes", "921600 are free");
  }

  @Test
  void refusesWhatIsNotThereOrNoModel() throws Exception {
    refuses(directory.resolve("nothing"), "there is no ");
    refuses(Files.writeString(directory.resolve("a.gguf"), "x".repeat(99)), "not a GGUF file");
  }

  /** The same bytes with one text for another of the same length. */
  private Path edited(String text, String instead) throws Exception {
    String bytes = Files.readString(FIXTURE, StandardCharsets.ISO_8859_1);
    assertThat(instead).hasSameSizeAs(text);
    return Files.writeString(
        directory.resolve("edited.gguf"),
        bytes.replace(text, instead),
        StandardCharsets.ISO_8859_1);
  }

  @Test
  void tellsWhatACheckpointIs() throws Exception {
    graphics = OptionalLong.of(1_000);
    ModelCheck.Report report = report(checkpoint("qwen2", MARKERS, "<｜User｜>{{ m }}<｜Assistant｜>"));

    assertThat(report.format()).isEqualTo("huggingface");
    assertThat(report.architecture()).isEqualTo("qwen2");
    assertThat(report.quantization()).isEqualTo("BF16");
    assertThat(report.parameters()).isEqualTo(24);
    assertThat(report.contextTokens()).isEqualTo(131_072);
    assertThat(report.capabilities()).containsExactly("chat", "reasoning");
    assertThat(report.neededBytes()).isLessThan(1_000);
    assertThat(report.usableBytes()).isEqualTo(1_000);
    assertThat(report.files().stream().map(file -> Path.of(file).getFileName().toString()))
        .containsExactlyInAnyOrder(
            "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");
  }

  @Test
  void refusesACheckpointThatIsNotR1s() throws Exception {
    refuses(checkpoint("gemma3", MARKERS, null), "model_type is 'gemma3'", "deepseek_v3, llama");
    refuses(checkpoint("llama", "<|im_start|>", null), "has no <｜begin▁of▁sentence｜>");
    refuses(checkpoint("llama", MARKERS, "<|im_start|>{{ m }}"), "its chat template is not R1's");
  }

  @Test
  void refusesACheckpointThatIsNotWhole() throws Exception {
    Path whole = checkpoint("llama", MARKERS, null);
    Path weights = whole.resolve("model.safetensors");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 120));
    refuses(whole, "model.safetensors has 120 bytes, and its head says ", "Fetch it again");

    Files.writeString(
        whole.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"model-00002-of-00002.safetensors\"}}");
    refuses(whole, "model-00002-of-00002.safetensors is missing");

    Files.delete(whole.resolve("tokenizer.json"));
    refuses(whole, "tokenizer.json is missing");
  }

  @Test
  void refusesACheckpointThatNoProcessorHoldsWithBothNumbers() throws Exception {
    graphics = OptionalLong.of(100);
    Path whole = checkpoint("llama", MARKERS, null);

    refuses(
        whole, "needs " + Files.size(whole.resolve("model.safetensors")) + " bytes", "have 100");
  }

  @Test
  void readsTheMemoryOfSeveralProcessors() {
    assertThat(GraphicsMemory.sum("143771\n143771\n")).hasValue((2 * 143_771L) << 20);
    assertThat(GraphicsMemory.sum("No devices were found\n")).isEmpty();
  }

  private Path checkpoint(String type, String markers, @Nullable String template) throws Exception {
    Path made = Files.createDirectories(directory.resolve("model-" + type));
    Files.writeString(
        made.resolve("config.json"),
        "{\"model_type\":\"%s\",\"max_position_embeddings\":131072}".formatted(type));
    List<String> added =
        Arrays.stream(markers.split(" ", -1))
            .map(marker -> "{\"content\":\"" + marker + "\"}")
            .toList();
    Files.writeString(made.resolve("tokenizer.json"), "{\"added_tokens\":" + added + "}");
    if (template != null) {
      Files.writeString(
          made.resolve("tokenizer_config.json"), "{\"chat_template\":\"" + template + "\"}");
    }
    byte[] head =
        """
        {"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,6],"data_offsets":[0,48]}}
        """
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + head.length + 48).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(made.resolve("model.safetensors"), file.putLong(head.length).put(head).array());
    return made;
  }
}
