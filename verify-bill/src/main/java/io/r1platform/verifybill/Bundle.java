package io.r1platform.verifybill;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.Manifest;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.PlainZip;
import io.r1platform.receipts.SignedNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A bundle's files. Opening it reads every byte once: the zip is the one that {@link PlainZip}
 * writes of the files that the manifest names, and each has the manifest's hash. So nothing in it
 * is free to change but by who can sign a manifest.
 */
final class Bundle implements AutoCloseable {
  private static final int MOST_MANIFEST = 1 << 20;
  private static final int MOST_TEXT = 1 << 26;
  private static final int CRC_AT = 14;
  private static final int SIZE_AT = 22;
  private static final int CHUNK = 1 << 16;

  private final FileChannel channel;
  private final long length;
  private final SignedNote note;
  private final Manifest manifest;
  private final Map<String, Section> files = new LinkedHashMap<>();

  /**
   * Opens and reads it.
   *
   * @throws NotGenuine if it is no bundle, or a byte of it is not what the manifest says
   */
  Bundle(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      length = channel.size();
      if (length > PlainZip.MOST_BYTES) {
        throw new NotGenuine("the bundle has 4 GiB or more");
      }
      var entries = new ArrayList<PlainZip.Entry>();
      Section first = manifestSection();
      byte[] text = first.all(MOST_MANIFEST);
      entries.add(entry(Manifest.NAME, 0, first.size(), crc(text)));
      note = SignedNote.parse(Lines.utf8(text, Manifest.NAME), Manifest.NAME);
      manifest = Manifest.parse(note.text());
      for (Manifest.File file : manifest.files()) {
        entries.add(file(file, entries.getLast().end()));
      }
      same(
          PlainZip.directory(entries),
          new Section(channel, "directory", entries.getLast().end(), left(entries)),
          "the zip's directory");
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The first file's place, by its header, which is checked when its checksum is known. */
  private Section manifestSection() {
    int header = PlainZip.LOCAL_BYTES + Manifest.NAME.length();
    if (length < header + PlainZip.END_BYTES) {
      throw new NotGenuine("it is too short for a bundle");
    }
    byte[] bytes = new Section(channel, "bundle", 0, header).all(header);
    var fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = Integer.toUnsignedLong(fields.getInt(SIZE_AT));
    // before the size is believed, all other fields are what they must be
    var said =
        new PlainZip.Entry(Manifest.NAME, size, Integer.toUnsignedLong(fields.getInt(CRC_AT)), 0);
    differ(PlainZip.local(said), bytes, 0, "the zip header of manifest");
    if (size > MOST_MANIFEST || said.end() > length) {
      throw new NotGenuine("the manifest has %d bytes".formatted(size));
    }
    return new Section(channel, Manifest.NAME, said.dataOffset(), size);
  }

  private PlainZip.Entry entry(String name, long offset, long size, long crc) {
    var entry = new PlainZip.Entry(name, size, crc, offset);
    same(
        PlainZip.local(entry),
        new Section(channel, name, offset, entry.dataOffset() - offset),
        "the zip header of " + name);
    return entry;
  }

  private PlainZip.Entry file(Manifest.File file, long offset) {
    var place = new PlainZip.Entry(file.name(), file.size(), 0, offset);
    if (file.size() > length || place.end() > length) {
      throw new NotGenuine("the bundle ends before " + file.name() + " does");
    }
    var section = new Section(channel, file.name(), place.dataOffset(), file.size());
    var crc = new CRC32();
    MessageDigest digest = sha256();
    var reader = section.reader();
    byte[] chunk = new byte[CHUNK];
    for (long left = reader.left(); left > 0; left = reader.left()) {
      var part = ByteBuffer.wrap(chunk, 0, (int) Math.min(left, chunk.length));
      reader.take(part);
      crc.update(chunk, 0, part.limit());
      digest.update(chunk, 0, part.limit());
    }
    Hash hash = Hash.of(digest.digest());
    if (!hash.equals(file.sha256())) {
      throw new NotGenuine(
          "%s: its SHA-256 is %s, the manifest says %s"
              .formatted(file.name(), hash, file.sha256()));
    }
    files.put(file.name(), section);
    return entry(file.name(), offset, file.size(), crc.getValue());
  }

  private long left(List<PlainZip.Entry> entries) {
    return length - entries.getLast().end();
  }

  private static void same(byte[] expected, Section section, String what) {
    if (section.size() != expected.length) {
      throw new NotGenuine(
          "%s has %d bytes where it should have %d"
              .formatted(what, section.size(), expected.length));
    }
    differ(expected, section.all(expected.length), section.offset(), what);
  }

  private static void differ(byte[] expected, byte[] found, long offset, String what) {
    int at = Arrays.mismatch(expected, found);
    if (at >= 0) {
      throw new NotGenuine(
          "%s is wrong at byte %d of the bundle: %02x instead of %02x"
              .formatted(what, offset + at, found[at], expected[at]));
    }
  }

  private static long crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it says it has; believe it after its signature was checked. */
  Manifest manifest() {
    return manifest;
  }

  /** The manifest with its signature. */
  SignedNote note() {
    return note;
  }

  /** The names of its files but the manifest, in their order. */
  List<String> names() {
    return List.copyOf(files.keySet());
  }

  /**
   * A file.
   *
   * @throws NotGenuine if there is none of that name
   */
  Section file(String name) {
    Section section = files.get(name);
    if (section == null) {
      throw new NotGenuine("the bundle has no " + name);
    }
    return section;
  }

  /**
   * A file as text, at most 64 MiB.
   *
   * @throws NotGenuine if there is none, or it is not UTF-8
   */
  String text(String name) {
    return Lines.utf8(file(name).all(MOST_TEXT), name);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
