package io.r1platform.eval.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The answers of a run as they come, one line each, and a line for each start. A line that a kill
 * cut off is dropped; its answer comes again under the same idempotency key. For many threads.
 */
public final class Journal implements AutoCloseable {
  private final FileChannel channel;
  private final Contents contents;
  private final Set<String> done = new HashSet<>();

  /**
   * What a journal holds.
   *
   * @param samples in the order in which they came
   * @param worked the time in which the run was at work, from each start to its last answer
   */
  public record Contents(List<Sample> samples, Duration worked) {
    /** Takes copies. */
    public Contents {
      samples = List.copyOf(samples);
    }

    /** What was charged for all of them. */
    public BigDecimal cost() {
      return samples.stream().map(Sample::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }

  private Journal(FileChannel channel, Contents contents) {
    this.channel = channel;
    this.contents = contents;
    contents.samples.forEach(sample -> done.add(key(sample.problem(), sample.sample())));
  }

  /** Opens or makes the file, alone: a second run in one directory is refused. */
  public static Journal open(Path file, Instant started) {
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw new IllegalStateException(file + " is being written by another run");
      }
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      Contents contents = parse(file, whole);
      channel.truncate(whole.getBytes(StandardCharsets.UTF_8).length);
      channel.position(channel.size());
      var journal = new Journal(channel, contents);
      journal.write("{\"started\":\"" + started + "\"}");
      return journal;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  /** Reads a journal without writing to it. */
  public static Contents read(Path file) {
    try {
      String text = Files.readString(file);
      return parse(file, text.substring(0, text.lastIndexOf('\n') + 1));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static Contents parse(Path file, String whole) {
    var samples = new ArrayList<Sample>();
    var seen = new HashSet<String>();
    Duration worked = Duration.ZERO;
    Instant begun = null;
    Instant last = null;
    try {
      for (String line : whole.lines().toList()) {
        JsonNode node = Json.MAPPER.readTree(line);
        if (node.has("started")) {
          worked = worked.plus(between(begun, last));
          begun = Instant.parse(node.path("started").asString());
          last = null;
        } else {
          Sample sample = Json.MAPPER.treeToValue(node, Sample.class);
          last = sample.at();
          if (!seen.add(key(sample.problem(), sample.sample()))) {
            throw new IllegalArgumentException(
                file + ": sample " + sample.sample() + " of " + sample.problem() + " comes twice");
          }
          samples.add(sample);
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is damaged: " + e.getOriginalMessage(), e);
    }
    return new Contents(samples, worked.plus(between(begun, last)));
  }

  private static Duration between(@Nullable Instant begun, @Nullable Instant last) {
    return begun == null || last == null ? Duration.ZERO : Duration.between(begun, last);
  }

  /** What was in it when it was opened. */
  public Contents contents() {
    return contents;
  }

  /** Whether this answer is there. */
  synchronized boolean has(String problem, int sample) {
    return done.contains(key(problem, sample));
  }

  /** Adds an answer; it survives this process as soon as this returns. */
  synchronized void add(Sample sample) {
    try {
      write(Json.MAPPER.writeValueAsString(sample));
      done.add(key(sample.problem(), sample.sample()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the journal: " + e.getMessage(), e);
    }
  }

  private void write(String line) throws IOException {
    var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the journal: " + e.getMessage(), e);
    }
  }

  private static String key(String problem, int sample) {
    return sample + " " + problem;
  }
}
