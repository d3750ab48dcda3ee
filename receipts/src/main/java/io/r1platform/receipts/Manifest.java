package io.r1platform.receipts;

import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What a bill bundle has, in order: signed, it is the bundle's first file and binds every byte of
 * the others.
 *
 * @param organizationId whose bill
 * @param month which
 * @param origin of the log
 * @param statementIndex the log index of the month's statement
 * @param files the others, in their order
 */
public record Manifest(
    long organizationId, YearMonth month, String origin, long statementIndex, List<File> files) {
  /** Its own name. */
  public static final String NAME = "manifest";

  /** The invoice, JSON. */
  public static final String INVOICE = "invoice.json";

  /** The invoice as it was sent; may be missing. */
  public static final String PDF = "invoice.pdf";

  /** Keys of the log, {@link TrustedKeys#text}. */
  public static final String KEYS = "keys";

  /** The checkpoint that the bundle of the month before ended with; of size 0 in the first. */
  public static final String START = "checkpoint.start";

  /** The checkpoint that all is proved against. */
  public static final String END = "checkpoint.end";

  /** Hashes in base64, a line each: the end continues the start. */
  public static final String CONSISTENCY = "consistency";

  /** {@link MonthStatement#text}. */
  public static final String STATEMENT = "statement";

  /** {@link Calendars#text}. */
  public static final String CALENDARS = "calendars";

  /** {@link Repriced#text}; missing where nothing was priced anew. */
  public static final String REPRICED = "repriced";

  /** Before the hex hash of each price version's text. */
  public static final String PRICES = "prices/";

  /** 184 bytes for each record, by log index. */
  public static final String RECORDS = "records.bin";

  /** 8 bytes for each record: its log index, big-endian. */
  public static final String INDEXES = "indexes.bin";

  /** 32 bytes for each hash: {@link ManyProof} of the records and the statement. */
  public static final String PROOF = "proof.bin";

  private static final String HEAD = "r1-bill-bundle-1";
  private static final int HEAD_LINES = 5;
  private static final int MOST_FILES = 10_000;

  /**
   * A file.
   *
   * @param name of it, plain ASCII
   * @param size in bytes
   * @param sha256 of its bytes
   */
  public record File(String name, long size, Hash sha256) {}

  /** Copies the list. */
  public Manifest {
    files = List.copyOf(files);
  }

  /** What is signed. */
  public String text() {
    var text =
        new StringBuilder(
            "%s\norganization %d\nmonth %s\norigin %s\nstatement %d\n"
                .formatted(HEAD, organizationId, month, origin, statementIndex));
    for (File file : files) {
      text.append("file %s %d %s\n".formatted(file.name, file.size, file.sha256));
    }
    return text.toString();
  }

  /**
   * Reads it.
   *
   * @throws NotGenuine if it is anything else
   */
  public static Manifest parse(String text) {
    List<String> lines = Lines.of(text, NAME);
    if (lines.size() < HEAD_LINES
        || lines.size() > HEAD_LINES + MOST_FILES
        || !lines.getFirst().equals(HEAD)) {
      throw new NotGenuine("the manifest is not one of " + HEAD);
    }
    var files = new ArrayList<File>();
    var names = new HashSet<String>();
    for (String line : lines.subList(HEAD_LINES, lines.size())) {
      String[] parts = line.split(" ", -1);
      if (parts.length != 4
          || !parts[0].equals("file")
          || !parts[1].matches("[a-z0-9./]{1,100}")
          || !names.add(parts[1])) {
        throw new NotGenuine("manifest: not a file: " + Lines.shown(line));
      }
      files.add(new File(parts[1], Lines.count(parts[2], "manifest: size"), Hash.ofHex(parts[3])));
    }
    try {
      return new Manifest(
          Lines.count(Lines.after("organization", lines.get(1), NAME), "manifest: organization"),
          YearMonth.parse(Lines.after("month", lines.get(2), NAME)),
          Lines.after("origin", lines.get(3), NAME),
          Lines.count(Lines.after("statement", lines.get(4), NAME), "manifest: statement"),
          files);
    } catch (DateTimeException e) {
      throw new NotGenuine("manifest: not a month: " + Lines.shown(lines.get(2)), e);
    }
  }
}
