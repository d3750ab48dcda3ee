package io.r1platform.verifybill;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param bundle what to check
 * @param named files by option
 * @param models files by the name that requests ask for
 */
record Options(Path bundle, Map<String, Path> named, Map<String, Path> models) {
  static final String KEY = "--key";
  static final String PREVIOUS = "--previous";
  static final String RECEIPTS = "--receipts";
  static final String LOG = "--log";
  static final String RECOUNT = "--recount";
  static final String MODEL = "--model";
  private static final List<String> NAMES = List.of(KEY, PREVIOUS, RECEIPTS, LOG, RECOUNT);

  static final String HELP =
      """
      Usage: java -jar r1-verify-bill.jar BUNDLE.zip [OPTION]...
      Checks a month's bill of R1 Platform, offline.

        --key FILE        the log's keys as you have them, a line each: NAME+ID+KEY, or
                          NAME+ID+KEY FIRST LAST with the log sizes that it may sign.
                          Without it the bundle is checked against the keys inside it: that
                          shows that it is whole, not who made it.
        --previous FILE   the bundle of an earlier month: this one must start where it ended,
                          and have none of its requests
        --receipts PATH   a file of the receipts you kept, one a line (x-usage-receipt), or a
                          directory of such files: each of this month must be in the bundle
                          once and unchanged; with --previous those of its month in either
        --log DIR         the public log as you have it, a folder with checkpoint and tile/:
                          all of it is checked, and the bundle's log must be its beginning
        --recount DIR     what you stored of requests, each as GET /v1/requests/ID/content gave
                          it, named ID.json: prompts and answers are tokenized again
        --model NAME=FILE for --recount: the GGUF file of the model that requests ask for by
                          this name; its first megabytes are enough. May be given for several
                          models; requests for others are left out, and counted
        --help            this text

      Exit code: 0 verified, 1 rejected (the message says what is wrong), 2 cannot be checked.
      About 50 bytes of memory for each record; 1,000,000 records take seconds.
      """;

  /** The command line was not understood. */
  static final class Unclear extends Exception {
    private Unclear(String message) {
      super(message);
    }
  }

  /** Reads arguments. */
  static Options parse(String[] arguments) throws Unclear {
    var left = new ArrayDeque<>(Arrays.asList(arguments));
    var named = new HashMap<String, Path>();
    var models = new HashMap<String, Path>();
    Path bundle = null;
    while (!left.isEmpty()) {
      String word = left.pop();
      if (NAMES.contains(word)) {
        if (left.isEmpty()) {
          throw new Unclear(word + " needs a file");
        }
        if (named.put(word, Path.of(left.pop())) != null) {
          throw new Unclear(word + " stands twice");
        }
      } else if (word.equals(MODEL)) {
        model(left.isEmpty() ? "" : left.pop(), models);
      } else if (word.startsWith("-") || bundle != null) {
        throw new Unclear("what is '%s'?".formatted(word));
      } else {
        bundle = Path.of(word);
      }
    }
    if (bundle == null) {
      throw new Unclear("which bundle?");
    }
    if (named.containsKey(RECOUNT) != !models.isEmpty()) {
      throw new Unclear("--recount and --model need one another");
    }
    return new Options(bundle, Map.copyOf(named), Map.copyOf(models));
  }

  private static void model(String given, Map<String, Path> models) throws Unclear {
    int equals = given.indexOf('=');
    if (equals < 1 || equals == given.length() - 1) {
      throw new Unclear(MODEL + " needs NAME=FILE");
    }
    String name = given.substring(0, equals);
    if (models.put(name, Path.of(given.substring(equals + 1))) != null) {
      throw new Unclear("%s %s stands twice".formatted(MODEL, name));
    }
  }

  @Nullable Path file(String option) {
    return named.get(option);
  }
}
