package io.r1platform.receipts;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The one way in which a bill bundle is a zip: files stored, not compressed, nothing before,
 * between or after them, each field of a header fixed or given by the file. What reads it composes
 * the same headers and compares, so that no bit of a bundle is free.
 */
public final class PlainZip {
  /** Bytes of a file's header before its name. */
  public static final int LOCAL_BYTES = 30;

  /** Bytes after the last entry of the directory. */
  public static final int END_BYTES = 22;

  /** Zip64 is not written: a bundle ends before this size. */
  public static final long MOST_BYTES = 0xffff_ffffL - 1;

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final short VERSION = 20;
  private static final short FIRST_DAY = 0x21; // 1980-01-01, the zero of zip's calendar

  private PlainZip() {}

  /**
   * A file of the zip.
   *
   * @param name plain ASCII
   * @param size in bytes
   * @param crc CRC-32 of the bytes
   * @param offset where its header begins
   */
  public record Entry(String name, long size, long crc, long offset) {
    /** Where the next header begins. */
    public long end() {
      return dataOffset() + size;
    }

    /** Where its bytes begin. */
    public long dataOffset() {
      return offset + LOCAL_BYTES + name.length();
    }
  }

  /** The header before a file's bytes. */
  public static byte[] local(Entry entry) {
    byte[] header = new byte[LOCAL_BYTES + entry.name.length()];
    ByteBuffer to = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    to.putInt(LOCAL).putShort(VERSION);
    common(to, entry);
    to.put(entry.name.getBytes(StandardCharsets.US_ASCII));
    return header;
  }

  /** All that follows the last file's bytes. */
  public static byte[] directory(List<Entry> entries) {
    int size = entries.stream().mapToInt(e -> CENTRAL_BYTES + e.name.length()).sum();
    long begin = entries.isEmpty() ? 0 : entries.getLast().end();
    byte[] directory = new byte[size + END_BYTES];
    ByteBuffer to = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
    for (Entry entry : entries) {
      to.putInt(CENTRAL).putShort(VERSION).putShort(VERSION);
      common(to, entry);
      to.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0); // no comment
      to.putInt((int) entry.offset).put(entry.name.getBytes(StandardCharsets.US_ASCII));
    }
    to.putInt(END).putShort((short) 0).putShort((short) 0);
    to.putShort((short) entries.size()).putShort((short) entries.size());
    to.putInt(size).putInt((int) begin).putShort((short) 0);
    return directory;
  }

  private static void common(ByteBuffer to, Entry entry) {
    to.putShort((short) 0).putShort((short) 0); // flags, stored
    to.putShort((short) 0).putShort(FIRST_DAY);
    to.putInt((int) entry.crc).putInt((int) entry.size).putInt((int) entry.size);
    to.putShort((short) entry.name.length()).putShort((short) 0); // no extra field
  }

  /** Writes a zip whose files' sizes and checksums are known before their bytes. */
  public static final class Writer {
    private final OutputStream out;
    private final List<Entry> entries = new ArrayList<>();

    /** To a stream, which it does not close. */
    public Writer(OutputStream out) {
      this.out = out;
    }

    /**
     * Begins a file; exactly {@code size} bytes must follow on the stream.
     *
     * @throws IllegalStateException if the zip would end after {@link #MOST_BYTES}
     */
    public void begin(String name, long size, long crc) throws IOException {
      long offset = entries.isEmpty() ? 0 : entries.getLast().end();
      var entry = new Entry(name, size, crc, offset);
      if (entry.end() > MOST_BYTES) {
        throw new IllegalStateException("a bundle has less than 4 GiB");
      }
      entries.add(entry);
      out.write(local(entry));
    }

    /** Writes what ends the zip. */
    public void end() throws IOException {
      out.write(directory(entries));
      out.flush();
    }
  }
}
