package io.r1platform.standalone.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.models.RegisteredModel.Description;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTests {
  private static final Instant NOW = Instant.parse("2026-11-30T09:00:00Z");

  @TempDir private Path directory;
  private ModelRegistry registry = new ModelRegistry(new Home(Path.of("unused")), Path.of("."));

  @BeforeEach
  void begin() {
    registry = again();
  }

  private ModelRegistry again() {
    return new ModelRegistry(new Home(directory.resolve("home")), directory);
  }

  private RegisteredModel add(String name) throws Exception {
    return add(name, "gguf", name + ".gguf");
  }

  private RegisteredModel add(String name, String format, String... files) throws Exception {
    List<String> made =
        List.of(files).stream().map(file -> write(directory.resolve(file), file)).toList();
    var description =
        new Description(
            format, "qwen2", "Q4_K_M", 7_000, 4_096, List.of("chat", "reasoning"), 99, 100L, made);
    return registry.add(name, Path.of(made.getFirst()), description, false, NOW);
  }

  private static String write(Path file, String text) {
    try {
      return Files.writeString(file, text).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void refuses(ThrowingCallable what, String... why) {
    assertThatExceptionOfType(ModelRefused.class)
        .isThrownBy(what)
        .satisfies(refused -> assertThat(refused.getMessage()).contains(why));
  }

  @Test
  void servesR1NanoUntilAnotherIsNamed() throws Exception {
    assertThat(registry.served())
        .extracting(ModelRegistry.Served::name, ModelRegistry.Served::modelId)
        .containsExactly(tuple("r1-nano", 2));

    add("seven");
    registry.use(List.of("seven", "r1-nano"));

    assertThat(again().served())
        .extracting(ModelRegistry.Served::name, ModelRegistry.Served::modelId)
        .containsExactly(tuple("seven", 1_001), tuple("r1-nano", 2));
    assertThat(again().served().getFirst().contextTokens()).isEqualTo(4_096);
  }

  @Test
  void knowsTheSumOfEachFileAndOfAllTogether() throws Exception {
    RegisteredModel one = add("one");
    RegisteredModel both = add("both", "huggingface", "b.safetensors", "config.json");

    assertThat(one.sha256()).isEqualTo(one.files().getFirst().sha256()).hasSize(64);
    assertThat(one.files().getFirst().bytes()).isEqualTo("one.gguf".length());
    assertThat(both.sha256()).hasSize(64).isNotEqualTo(both.files().getFirst().sha256());
    assertThat(again().models()).containsExactly(one, both);
  }

  @Test
  void refusesWhatIsNotWhatWasAdded() throws Exception {
    RegisteredModel model = add("one");
    registry.use(List.of("one"));
    registry.verifyInUse();

    Files.writeString(model.path(), "one.gguF");
    refuses(registry::verifyInUse, "its SHA-256 is ", "not " + model.sha256());
    refuses(registry::verifyInUse, "./r1 model remove one and add it under another --name");
    refuses(() -> registry.use(List.of("one")), "is not what was added as 'one'");
    Files.writeString(model.path(), "longer than it was");
    refuses(registry::verifyInUse, "it has 18 bytes, not 8");
    Files.delete(model.path());
    refuses(registry::verifyInUse, "it is gone");
  }

  @Test
  void aNumberIsNeverGivenAgainNorIsAName() throws Exception {
    add("one");
    registry.remove("one");

    assertThat(registry.models()).isEmpty();
    refuses(() -> add("one"), "'one' was the name of a model", "add it under another --name");
    refuses(() -> again().requireFree("one"), "add it under another --name");
    assertThat(add("another").modelId()).isEqualTo(1_002);
    assertThat(add("deepseek-r1").modelId()).isEqualTo(1); // known to catalogue and price book
    registry.remove("deepseek-r1");
    refuses(() -> add("deepseek-r1"), "add it under another --name");
    refuses(() -> add("one"), "add it under another --name");
    assertThat(add("two").modelId()).isEqualTo(1_003);
  }

  @Test
  void readsAFileOfBeforeNamesWereKept() throws Exception {
    add("one");
    Path file = directory.resolve("home/models/registry.json");
    Files.writeString(file, Files.readString(file).replaceAll(",?\"retired\":null", ""));
    assertThat(file).content().doesNotContain("retired");

    registry.remove("one");
    refuses(() -> add("one"), "add it under another --name");
  }

  @Test
  void refusesNamesThatAreWrongOrTaken() throws Exception {
    add("one");
    for (String name : List.of("one", "r1-nano", "o1", "deepseek-reasoner")) {
      refuses(() -> registry.requireFree(name), "is taken", "--name");
    }
    for (String name : List.of("", "One", "-a", "a b", "ü", "a".repeat(65))) {
      refuses(() -> registry.requireFree(name), "is no name");
    }
  }

  @Test
  void removesOnlyWhatIsNotInUse() throws Exception {
    add("one");
    registry.use(List.of("one"));

    refuses(() -> registry.remove("one"), "one is in use; ./r1 model use r1-nano");
    refuses(() -> registry.remove("r1-nano"), "comes with the checkout");
    refuses(() -> registry.remove("none"), "there is no model 'none'", "./r1 model add FILE");
    assertThat(registry.models()).hasSize(1);
  }

  @Test
  void usesWhatIsThereEachOnceAndACheckpointAlone() throws Exception {
    add("big", "huggingface", "config.json");

    refuses(() -> registry.use(List.of("none")), "there is no model 'none'");
    refuses(() -> registry.use(List.of("r1-nano", "r1-nano")), "each once");
    refuses(() -> registry.use(List.of("big", "r1-nano")), "use it alone");
    assertThat(registry.inUse()).containsExactly("r1-nano");
    registry.use(List.of("big"));
    assertThat(registry.served().getFirst().tensorRt()).isTrue();
  }

  @Test
  void copiesGoWithTheModel() throws Exception {
    Path original = Files.writeString(directory.resolve("own.gguf"), "weights");
    Path copy = registry.copy("own", original, List.of(original.toString()));
    var description =
        new Description("gguf", "llama", "F16", 1, 1, List.of(), 1, null, List.of(copy.toString()));
    registry.add("own", copy, description, true, NOW);

    assertThat(copy).hasContent("weights").startsWith(directory.resolve("home/models/own"));
    registry.remove("own");
    assertThat(copy.getParent()).doesNotExist();
    assertThat(original).exists();
  }

  @Test
  void aSecondCopyTouchesNothingOfTheFirst() throws Exception {
    Path original = Files.writeString(directory.resolve("own.gguf"), "weights");
    Path copy = registry.copy("own", original, List.of(original.toString()));

    refuses(
        () -> again().copy("own", original, List.of(original.toString())),
        copy.getParent() + " is there",
        "another --name");
    assertThat(copy).hasContent("weights");

    Path gone = directory.resolve("gone.gguf");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> registry.copy("gone", gone, List.of(gone.toString())));
    assertThat(directory.resolve("home/models/gone")).doesNotExist();
  }

  @Test
  void severalAtATimeLoseNothing() throws Exception {
    List<Callable<RegisteredModel>> adds =
        IntStream.range(0, 8).<Callable<RegisteredModel>>mapToObj(i -> () -> add("m" + i)).toList();
    try (var pool = Executors.newFixedThreadPool(4)) {
      for (var one : pool.invokeAll(adds)) {
        one.get();
      }
    }

    assertThat(again().models()).extracting(RegisteredModel::modelId).doesNotHaveDuplicates();
    assertThat(again().models()).hasSize(8);
  }

  /** Whoever comes first, what is in use is there. */
  @Test
  void whatIsRemovedMeanwhileIsNotUsed() throws Exception {
    try (var pool = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 40; i++) {
        String name = "m" + i;
        add(name);
        List<Callable<Object>> both =
            List.of(
                Executors.callable(() -> unlessRefused(() -> registry.use(List.of(name)))),
                Executors.callable(() -> unlessRefused(() -> registry.remove(name))));
        for (var one : pool.invokeAll(both)) {
          one.get();
        }
        assertThat(again().served()).hasSize(1);
        registry.use(List.of("r1-nano"));
      }
    }
  }

  private static void unlessRefused(Runnable what) {
    try {
      what.run();
    } catch (ModelRefused e) {
      assertThat(e.getMessage()).containsAnyOf("there is no model", "is in use");
    }
  }

  @Test
  void saysWhichFileIsDamaged() throws Exception {
    add("one");
    Path file = directory.resolve("home/models/registry.json");
    Files.writeString(file, "{\"models\":");

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(registry::models)
        .withMessageContaining(file + " is damaged");
  }
}
