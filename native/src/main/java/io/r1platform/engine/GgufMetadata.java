package io.r1platform.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The key-value part of a GGUF file and its list of tensors, read strictly: every length is checked
 * against the file before it is used. Strings, numbers and arrays of them are kept.
 */
final class GgufMetadata {
  /** A file that is not well-formed GGUF; the message says where. */
  static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /**
   * A tensor as the list names it.
   *
   * @param type a {@code ggml_type}
   * @param vector whether it has one dimension, but for dimensions of 1
   * @param elements number of weights; negative if that overflows
   * @param offset where they begin, from the first byte of all weights
   */
  record Tensor(String name, int type, boolean vector, long elements, long offset) {}

  private static final int MAGIC = 0x46554747;
  private static final long KEYS_MAX = 65_536;
  private static final long TENSORS_MAX = 65_536;
  private static final int TENSOR_NAME_MAX = 63; // GGML_MAX_NAME
  private static final int DIMENSIONS_MAX = 4;
  private static final int STRING_BYTES_MAX = 16 << 20;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final int TYPE_STRING = 8;
  private static final int TYPE_ARRAY = 9;
  private static final int[] NUMBER_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window =
      ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<String, Object> values = new HashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private long position;

  private GgufMetadata(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    window.limit(0);
  }

  /** Reads the file's metadata. */
  static GgufMetadata read(Path file) throws IOException, Malformed {
    try (FileChannel channel = FileChannel.open(file)) {
      GgufMetadata metadata = new GgufMetadata(channel);
      metadata.readAll();
      return metadata;
    }
  }

  /** Whether there is such a key, of whatever type. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  /** A text, or null if the key is missing or of another type. */
  @Nullable String text(String key) {
    return values.get(key) instanceof String text ? text : null;
  }

  /** A whole number; empty if the key is missing or of another type. */
  OptionalLong number(String key) {
    return values.get(key) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
  }

  /** A floating-point number; empty if the key is missing or of another type. */
  OptionalDouble decimal(String key) {
    return values.get(key) instanceof Double number
        ? OptionalDouble.of(number)
        : OptionalDouble.empty();
  }

  /** The largest of a number or an array of numbers; empty if missing. */
  OptionalLong largest(String key) {
    if (values.get(key) instanceof List<?> list) {
      var numbers = list.stream().filter(Long.class::isInstance).mapToLong(item -> (Long) item);
      return numbers.max();
    }
    return number(key);
  }

  /** An array, empty if missing. */
  List<?> list(String key) {
    return values.get(key) instanceof List<?> list ? list : List.of();
  }

  /** All tensors of the file, in its order. */
  List<Tensor> tensors() {
    return tensors;
  }

  /** Where metadata and list of tensors end: with the padding that follows, weights begin. */
  long headBytes() {
    return position;
  }

  /** Whether there is an array of that name. */
  boolean isList(String key) {
    return values.get(key) instanceof List<?>;
  }

  private void readAll() throws IOException, Malformed {
    if (size < 24 || readInt() != MAGIC) {
      throw new Malformed("not a GGUF file");
    }
    int version = readInt();
    if (version != 2 && version != 3) {
      throw new Malformed("GGUF version " + Integer.toUnsignedString(version) + ", not 2 or 3");
    }
    long tensorCount = readLong();
    long keys = readLong();
    if (tensorCount < 1 || tensorCount > TENSORS_MAX || keys < 1 || keys > KEYS_MAX) {
      throw new Malformed(tensorCount + " tensors and " + keys + " keys");
    }
    for (long i = 0; i < keys; i++) {
      String key = readString();
      if (key.isEmpty() || values.put(key, readValue(readInt())) != null) {
        throw new Malformed("key '" + key + "' is empty or comes twice");
      }
    }
    for (long i = 0; i < tensorCount; i++) {
      tensors.add(readTensor());
    }
  }

  private Tensor readTensor() throws IOException, Malformed {
    String name = readString();
    int dimensions = readInt();
    if (name.length() > TENSOR_NAME_MAX || dimensions < 1 || dimensions > DIMENSIONS_MAX) {
      throw new Malformed("tensor '" + name + "' has " + dimensions + " dimensions");
    }
    boolean vector = true;
    long elements = 1;
    for (int i = 0; i < dimensions; i++) {
      long size = readLong();
      vector &= size == 1 || i == 0;
      boolean fits = elements >= 0 && size >= 0 && Math.multiplyHigh(elements, size) == 0;
      elements = fits ? elements * size : -1;
    }
    int type = readInt();
    return new Tensor(name, type, vector, elements, readLong()); // llama.cpp checks the offset
  }

  private Object readValue(int type) throws IOException, Malformed {
    if (type != TYPE_ARRAY) {
      return readScalar(type);
    }
    int itemType = readInt();
    long count = readLong();
    int itemBytes = itemType == TYPE_STRING ? 8 : numberBytes(itemType);
    if (count < 0 || count > (size - position) / itemBytes) {
      throw new Malformed("array of " + count + " items at byte " + position);
    }
    List<Object> items = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      items.add(readScalar(itemType));
    }
    return items;
  }

  private Object readScalar(int type) throws IOException, Malformed {
    if (type == TYPE_STRING) {
      return readString();
    }
    int bytes = numberBytes(type);
    require(bytes);
    Object value =
        switch (type) {
          case 0, 7 -> (long) Byte.toUnsignedInt(window.get());
          case 1 -> (long) window.get();
          case 2 -> (long) Short.toUnsignedInt(window.getShort());
          case 3 -> (long) window.getShort();
          case 4 -> Integer.toUnsignedLong(window.getInt());
          case 5 -> (long) window.getInt();
          case 6 -> (double) window.getFloat();
          case 12 -> window.getDouble();
          default -> window.getLong();
        };
    position += bytes;
    return value;
  }

  private int numberBytes(int type) throws Malformed {
    int bytes = type < 0 || type >= NUMBER_BYTES.length ? 0 : NUMBER_BYTES[type];
    if (bytes == 0) {
      throw new Malformed("value of unknown type " + type + " at byte " + position);
    }
    return bytes;
  }

  private String readString() throws IOException, Malformed {
    long length = readLong();
    if (length < 0 || length > STRING_BYTES_MAX || length > size - position) {
      throw new Malformed("text of " + length + " bytes at byte " + position);
    }
    byte[] bytes = new byte[(int) length];
    int done = 0;
    while (done < bytes.length) {
      int part = Math.min(bytes.length - done, WINDOW_BYTES);
      require(part);
      window.get(bytes, done, part);
      position += part;
      done += part;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int readInt() throws IOException, Malformed {
    require(4);
    position += 4;
    return window.getInt();
  }

  private long readLong() throws IOException, Malformed {
    require(8);
    position += 8;
    return window.getLong();
  }

  /** Makes so many bytes readable in the window. */
  private void require(int bytes) throws IOException, Malformed {
    if (size - position < bytes) {
      throw new Malformed("the file ends at byte " + size + ", within its metadata");
    }
    if (window.remaining() >= bytes) {
      return;
    }
    window.compact();
    while (window.position() < bytes) {
      if (channel.read(window) < 0) {
        throw new Malformed("the file became shorter while it was read");
      }
    }
    window.flip();
  }
}
