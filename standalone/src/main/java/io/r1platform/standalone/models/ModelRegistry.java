package io.r1platform.standalone.models;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.models.RegisteredModel.Description;
import io.r1platform.standalone.models.RegisteredModel.FileSum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code .r1/models/registry.json}: replaced whole, changed by one process at a time. r1-nano is
 * always there and in use until others are.
 */
public final class ModelRegistry {
  /** The model of the checkout. */
  public static final String BUILT_IN = "r1-nano";

  private static final int BUILT_IN_ID = 2;
  private static final String BY_DEFAULT = "deepseek-r1"; // known to catalogue and price book
  private static final int BY_DEFAULT_ID = 1;
  private static final List<String> TAKEN = List.of("deepseek-reasoner", "o1");
  private static final int FIRST_ID = 1_001;
  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";
  private static final ReentrantLock CHANGING = new ReentrantLock();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Home home;
  private final Path builtIn;

  /** What is to be served: a name, a number and a file. */
  public record Served(String name, int modelId, Path path, int contextTokens, boolean tensorRt) {}

  @JsonNaming(SnakeCaseStrategy.class)
  private record Content(
      int version,
      int nextId,
      List<String> inUse,
      List<RegisteredModel> models,
      @Nullable List<String> retired) { // names of those that were removed; none in older files
    static final Content EMPTY = new Content(1, FIRST_ID, List.of(BUILT_IN), List.of(), null);

    Content using(List<String> names) {
      return new Content(version, nextId, names, models, retired);
    }

    boolean isRetired(String name) {
      return retired != null && retired.contains(name);
    }

    Content without(String name) {
      var left = models.stream().filter(model -> !model.name().equals(name)).toList();
      var gone = new ArrayList<String>(retired == null ? List.of() : retired);
      gone.add(name);
      return new Content(version, nextId, inUse, left, gone);
    }

    Optional<RegisteredModel> find(String name) {
      return models.stream().filter(model -> model.name().equals(name)).findFirst();
    }
  }

  /** The registry of {@code home}; the checkout {@code root} has r1-nano. */
  public ModelRegistry(Home home, Path root) {
    this.home = home;
    this.builtIn = root.resolve("models/r1-nano/r1-nano.gguf");
  }

  /** Where r1-nano lies. */
  public Path builtIn() {
    return builtIn;
  }

  /** All that were added, in that order. */
  public List<RegisteredModel> models() {
    return read().models;
  }

  /** The names of those to serve, at least one; the first is the one that examples name. */
  public List<String> inUse() {
    return read().inUse;
  }

  /** Those to serve. */
  public List<Served> served() {
    Content content = read();
    return content.inUse.stream().map(name -> served(content, name)).toList();
  }

  private Served served(Content content, String name) {
    return name.equals(BUILT_IN)
        ? new Served(BUILT_IN, BUILT_IN_ID, builtIn, 0, false)
        : content
            .find(name)
            .map(
                model ->
                    new Served(
                        name,
                        model.modelId(),
                        model.path(),
                        model.description().isForTensorRt()
                            ? 0
                            : model.description().contextTokens(),
                        model.description().isForTensorRt()))
            .orElseThrow(() -> unknown(name));
  }

  /** The added model of that name. */
  public RegisteredModel require(String name) {
    return read().find(name).orElseThrow(() -> unknown(name));
  }

  /** Refuses a name that is wrong or taken, or that a model had which was removed. */
  public void requireFree(String name) {
    requireFree(read(), name);
  }

  private static void requireFree(Content content, String name) {
    if (!name.matches(NAME)) {
      throw new ModelRefused(
          "'%s' is no name: a small letter or digit, then up to 63 of a-z 0-9 . _ - (--name)"
              .formatted(name));
    }
    if (name.equals(BUILT_IN) || TAKEN.contains(name) || content.find(name).isPresent()) {
      throw new ModelRefused("the name '" + name + "' is taken; --name gives another");
    }
    if (content.isRetired(name)) { // the gateway knows it with the number and the prices of before
      throw new ModelRefused(
          "'%s' was the name of a model that was removed: add it under another --name"
              .formatted(name));
    }
  }

  /**
   * Adds one, whose files are read whole.
   *
   * @throws ModelRefused if the name is wrong, taken or was a removed model's
   */
  public RegisteredModel add(
      String name, Path path, Description description, boolean copied, Instant now) {
    requireFree(name);
    List<FileSum> files =
        description.files().stream().map(file -> FileSums.of(Path.of(file))).toList();
    Content changed =
        change(
            content -> {
              requireFree(content, name);
              boolean known = name.equals(BY_DEFAULT);
              var models = new ArrayList<>(content.models);
              models.add(
                  new RegisteredModel(
                      name,
                      known ? BY_DEFAULT_ID : content.nextId,
                      path,
                      description,
                      files,
                      FileSums.together(files),
                      copied,
                      now));
              int next = known ? content.nextId : content.nextId + 1;
              return new Content(content.version, next, content.inUse, models, content.retired);
            });
    return changed.models.getLast();
  }

  /**
   * Copies the files of a model to where {@code ./r1} keeps its own; not registered yet.
   *
   * @throws ModelRefused if something is there already: it may be another's who copies now
   */
  public Path copy(String name, Path path, List<String> files) {
    Path directory = home.models().resolve(name);
    create(directory);
    try {
      for (String file : files) {
        Path from = Path.of(file);
        Files.copy(from, directory.resolve(String.valueOf(from.getFileName())));
      }
      return Files.isDirectory(path)
          ? directory
          : directory.resolve(String.valueOf(path.getFileName()));
    } catch (IOException e) {
      discard(name);
      throw new UncheckedIOException("cannot copy " + path + ": " + e, e);
    }
  }

  private static void create(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw new ModelRefused(
          ("%s is there: another add --copy goes on, or one was cut off. Remove it if none does,"
                  + " or add this under another --name")
              .formatted(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  /** Removes what {@link #copy} made; only for whom it made it. */
  public void discard(String name) {
    Path directory = home.models().resolve(name);
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }

  /** Forgets one that is not in use, but for its name; files that were copied go with it. */
  public void remove(String name) {
    if (name.equals(BUILT_IN)) {
      throw new ModelRefused(BUILT_IN + " comes with the checkout and stays");
    }
    RegisteredModel gone = require(name);
    Content unused =
        change(
            content -> {
              if (content.inUse.contains(name)) {
                throw new ModelRefused(
                    name + " is in use; ./r1 model use " + BUILT_IN + " (or another) first");
              }
              return content.without(name);
            });
    if (gone.copied()) {
      discard(name);
    }
  }

  /**
   * Serves these from now on.
   *
   * @throws ModelRefused if one is unknown or has changed, or TensorRT-LLM's is not alone
   */
  public void use(List<String> names) {
    if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
      throw new ModelRefused("name one model or several, each once");
    }
    requireServable(read(), names);
    names.forEach(this::verify);
    Content unused =
        change(
            content -> {
              requireServable(content, names); // one may be gone since
              return content.using(names);
            });
  }

  private void requireServable(Content content, List<String> names) {
    List<Served> wanted = names.stream().map(name -> served(content, name)).toList();
    if (wanted.size() > 1 && wanted.stream().anyMatch(Served::tensorRt)) {
      throw new ModelRefused("TensorRT-LLM has one model for a process: use it alone");
    }
  }

  /** Refuses to start with what has changed. */
  public void verifyInUse() {
    inUse().forEach(this::verify);
  }

  private void verify(String name) {
    if (name.equals(BUILT_IN)) {
      return; // it is under version control
    }
    for (FileSum file : require(name).files()) {
      String why = fault(file);
      if (why != null) {
        throw new ModelRefused(
            "%s is not what was added as '%s': %s. Bring the file back, or ./r1 model remove %s"
                    .formatted(file.path(), name, why, name)
                + " and add it under another --name");
      }
    }
  }

  private static @Nullable String fault(FileSum file) {
    try {
      if (!Files.isRegularFile(file.path())) {
        return "it is gone";
      }
      long bytes = Files.size(file.path());
      if (bytes != file.bytes()) {
        return "it has %d bytes, not %d".formatted(bytes, file.bytes());
      }
    } catch (IOException e) {
      return "it cannot be read: " + e;
    }
    String sha256 = FileSums.of(file.path()).sha256();
    return sha256.equals(file.sha256())
        ? null
        : "its SHA-256 is %s, not %s".formatted(sha256, file.sha256());
  }

  private Content change(UnaryOperator<Content> change) {
    CHANGING.lock(); // a file's lock is the process's, not the thread's
    try {
      return changeLocked(change);
    } finally {
      CHANGING.unlock();
    }
  }

  private Content changeLocked(UnaryOperator<Content> change) {
    try (var channel =
            FileChannel.open(
                home.models().resolve("lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      Content changed = change.apply(read());
      Home.write(file(), JSON.writeValueAsString(changed));
      return changed;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot change " + file(), e);
    }
  }

  private Content read() {
    try {
      return Files.exists(file())
          ? JSON.readValue(Files.readString(file()), Content.class)
          : Content.EMPTY;
    } catch (JacksonException e) {
      throw new IllegalStateException(file() + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file(), e);
    }
  }

  private Path file() {
    return home.models().resolve("registry.json");
  }

  private static ModelRefused unknown(String name) {
    return new ModelRefused(
        "there is no model '%s' here; ./r1 model list names them, ./r1 model add FILE adds one"
            .formatted(name));
  }
}
