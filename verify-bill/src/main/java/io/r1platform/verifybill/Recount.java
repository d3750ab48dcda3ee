package io.r1platform.verifybill;

import io.r1platform.prompts.R1Template;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.UsageRecord;
import io.r1platform.verifybill.tokens.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Counts the tokens of stored prompts and answers again. A prompt has exactly the tokens of its
 * text. An answer has those that the model chose, which may spell the same text otherwise, and some
 * of them are shown to nobody: so its record's hash decides, where one of the usual spellings has
 * it; else the counts are only told. What another program than the model's engine counted is left
 * out, as is what another model answered.
 */
final class Recount {
  private static final long MOST_BYTES = 64 << 20;
  private static final int STOP = 1;

  /** Newlines next to the tags are not shown. */
  private static final List<String> LAYOUT = List.of("\n", "\n\n", "");

  /** Written by another gateway, the gateway's own count, answered by a foreign server. */
  private static final int NOT_THE_ENGINES = 2 | 4 | 256;

  /** A model's tokenizer, and what R1's template is to it. */
  private record Model(Tokenizer tokenizer, R1Template template, int end) {
    private static Model of(Path file) throws IOException {
      Tokenizer tokenizer = Tokenizer.of(file);
      try {
        var template = new R1Template(tokenizer::tokenId, tokenizer::tokenize);
        return new Model(tokenizer, template, tokenizer.tokenId("<｜end▁of▁sentence｜>"));
      } catch (IllegalArgumentException e) {
        throw new NotGenuine(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private final Path directory;
  private final Map<String, Model> models = new HashMap<>();
  private final Hasher hasher = new Hasher();
  private long prompts;
  private long exact;
  private long other;
  private long charged;
  private long counted;
  private long unread;
  private long foreign;
  private final Map<String, Long> others = new TreeMap<>();

  /**
   * Of a directory of files named by request id.
   *
   * @param files of models, by the name that requests ask for
   * @throws NotGenuine if a model has no tokenizer of R1's family
   */
  Recount(Path directory, Map<String, Path> files) throws IOException {
    this.directory = directory;
    for (var file : files.entrySet()) {
      models.put(file.getKey(), Model.of(file.getValue()));
    }
  }

  /**
   * Counts what is stored of a record's request, if anything is.
   *
   * @throws NotGenuine if its prompt has another number of tokens
   */
  void check(UsageRecord record) {
    Path file = directory.resolve(record.eventId() + ".json");
    if (!Files.isRegularFile(file)) {
      return;
    }
    Optional<StoredText> stored = read(file);
    if (stored.isEmpty()) {
      unread++;
      return;
    }
    long said = (long) record.hit() + record.miss() + record.waivedIn();
    if ((record.flags() & NOT_THE_ENGINES) != 0 || said == 0) {
      foreign++;
      return;
    }
    Model model = models.get(stored.get().model());
    if (model == null) {
      others.merge(Lines.shown(stored.get().model()), 1L, Long::sum);
      return;
    }
    int prompt = model.template.render(stored.get().messages()).length;
    if (prompt != said) {
      throw new NotGenuine("its prompt has %d tokens, the record says %d".formatted(prompt, said));
    }
    prompts++;
    answer(record, stored.get(), model);
  }

  private static Optional<StoredText> read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new NotGenuine(file + " is too large");
      }
      String name = file.getFileName().toString();
      return StoredText.parse(Lines.utf8(Files.readAllBytes(file), name), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(UsageRecord record, StoredText stored, Model model) {
    List<int[]> spellings = spellings(stored, record.finish() == STOP, model);
    long said = (long) record.reasoning() + record.answer() + record.waivedOut();
    for (int[] ids : spellings) {
      if (ids.length == said && hash(ids).equals(record.output())) {
        exact++;
        return;
      }
    }
    other++;
    charged += said;
    counted +=
        spellings.stream()
            .mapToLong(ids -> ids.length)
            .reduce((a, b) -> Math.abs(a - said) <= Math.abs(b - said) ? a : b)
            .orElse(0);
  }

  /** The ways in which the model usually writes such an answer. */
  private static List<int[]> spellings(StoredText stored, boolean stopped, Model model) {
    var spellings = new ArrayList<int[]>();
    for (String before : LAYOUT) {
      int[] reasoning = model.tokenizer.tokenize(stored.reasoning() + before);
      for (String after : LAYOUT) {
        int[] answer = model.tokenizer.tokenize(after + stored.answer());
        int[] closed = joined(reasoning, new int[] {model.template.thinkCloseId()}, answer);
        spellings.add(closed);
        if (stopped) {
          spellings.add(joined(closed, new int[] {model.end}));
        }
      }
      spellings.add(reasoning); // cut off while it reasoned
    }
    return spellings;
  }

  private static int[] joined(int[]... parts) {
    return IntStream.range(0, parts.length).flatMap(i -> Arrays.stream(parts[i])).toArray();
  }

  /** Of ids as records have it: each big-endian. */
  private Hash hash(int[] ids) {
    var bytes = ByteBuffer.allocate(ids.length * Integer.BYTES);
    for (int id : ids) {
      bytes.putInt(id);
    }
    return hasher.plain(bytes.array());
  }

  /** What came of it. */
  List<String> found() {
    var found = new ArrayList<String>();
    found.add("recount: %d prompts have exactly the tokens of their records".formatted(prompts));
    found.add("recount: %d answers are the very tokens of their records".formatted(exact));
    if (other > 0) {
      found.add(
          "recount: %d answers were spelled otherwise: %d tokens charged, %d in the usual spelling"
              .formatted(other, charged, counted));
    }
    if (unread > 0) {
      found.add("recount: %d with tools, formats or several answers were left".formatted(unread));
    }
    if (foreign > 0) {
      found.add(
          "recount: %d that were not counted by the model's engine were left".formatted(foreign));
    }
    others.forEach(
        (name, count) ->
            found.add(
                "recount: %d for %s were left; --model %s=FILE counts them"
                    .formatted(count, name, name)));
    return found;
  }
}
