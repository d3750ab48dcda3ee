package io.r1platform.verifybill;

import io.r1platform.receipts.Lines;
import io.r1platform.receipts.Manifest;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.TrustedKeys;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The command {@code r1-verify-bill}. */
public final class VerifyBill {
  private static final int VERIFIED = 0;
  private static final int REJECTED = 1;
  private static final int UNCHECKED = 2;
  private static final long MOST_KEYS = 1 << 20;

  private final PrintStream out;
  private final PrintStream err;

  VerifyBill(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs it and exits. */
  public static void main(String[] arguments) {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    var err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    System.exit(new VerifyBill(out, err).run(arguments));
  }

  /** Runs it; the exit code. */
  int run(String... arguments) {
    if (Arrays.asList(arguments).contains("--help")) {
      out.print(Options.HELP);
      return VERIFIED;
    }
    try {
      return check(Options.parse(arguments));
    } catch (NotGenuine e) {
      err.println("REJECTED: " + e.getMessage());
      return REJECTED;
    } catch (ArithmeticException e) {
      err.println("REJECTED: a sum is too large for any bill");
      return REJECTED;
    } catch (Options.Unclear e) {
      err.println(e.getMessage());
      err.print(Options.HELP);
      return UNCHECKED;
    } catch (IOException | UncheckedIOException e) {
      err.println("cannot read: " + e);
      return UNCHECKED;
    }
  }

  private int check(Options options) throws IOException {
    TrustedKeys keys = keys(options.file(Options.KEY));
    Path earlier = options.file(Options.PREVIOUS);
    Path texts = options.file(Options.RECOUNT);
    Recount recount = texts == null ? null : new Recount(texts, options.models());
    try (var bundle = new Bundle(options.bundle());
        var previous = earlier == null ? null : new Bundle(earlier)) {
      Verification.Proved proved =
          new Verification(bundle, this::found)
              .run(
                  keys,
                  previous,
                  options.file(Options.RECEIPTS),
                  recount == null ? record -> {} : recount::check);
      Path published = options.file(Options.LOG);
      if (published != null) {
        var log = new PublishedLog(published, keys == null ? bundled(bundle) : keys);
        log.requireBegins(proved.end());
        found("published log: %d entries, begins with the bundle's".formatted(log.size()));
      }
      if (recount != null) {
        recount.found().forEach(this::found);
      }
      if (keys == null) {
        out.println("note: checked against the keys inside the bundle; --key checks who made it");
      }
      out.println(
          "bill verified organization=%d month=%s records=%d pico=%s log=%d"
              .formatted(
                  proved.statement().organizationId(),
                  proved.statement().month(),
                  proved.statement().sums().requests(),
                  proved.invoiced(),
                  proved.end().size()));
      return VERIFIED;
    }
  }

  private void found(String what) {
    out.println("ok " + what);
  }

  private static TrustedKeys bundled(Bundle bundle) {
    return TrustedKeys.parse(bundle.text(Manifest.KEYS), Manifest.KEYS);
  }

  private static @Nullable TrustedKeys keys(@Nullable Path file) throws IOException {
    if (file == null) {
      return null;
    }
    if (Files.size(file) > MOST_KEYS) {
      throw new NotGenuine(file + " is too large for a file of keys");
    }
    return TrustedKeys.parse(Lines.utf8(Files.readAllBytes(file), "--key"), "--key");
  }
}
