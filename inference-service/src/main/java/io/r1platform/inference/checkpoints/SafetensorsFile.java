package io.r1platform.inference.checkpoints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The head of a file of weights: eight bytes with the length of a JSON object, the object, then the
 * weights.
 *
 * @param bytes of the file
 * @param weightsByType numbers of weights by type, such as {@code BF16}
 */
record SafetensorsFile(long bytes, Map<String, Long> weightsByType) {
  private static final int LENGTH_BYTES = 8;
  private static final long HEAD_MAX = 100_000_000; // as the format's own library
  private static final JsonMapper JSON = JsonMapper.builder().build();

  SafetensorsFile {
    weightsByType = Map.copyOf(weightsByType);
  }

  /** Reads it; IllegalArgumentException if it is none, or shorter or longer than it says. */
  static SafetensorsFile of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long head = size < LENGTH_BYTES ? -1 : read(channel, 0, LENGTH_BYTES).getLong();
      if (head < 2 || head > HEAD_MAX || head > size - LENGTH_BYTES) {
        throw wrong(file, "is no safetensors file");
      }
      ByteBuffer text = read(channel, LENGTH_BYTES, (int) head);
      JsonNode tensors = JSON.readTree(StandardCharsets.UTF_8.decode(text).toString());
      long end = LENGTH_BYTES + head;
      Map<String, Long> weights = new HashMap<>();
      for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
        if (!tensor.getKey().equals("__metadata__")) {
          end = Math.max(end, LENGTH_BYTES + head + endOf(tensor.getValue()));
          weights.merge(
              tensor.getValue().path("dtype").asString("?"),
              elements(tensor.getValue()),
              Long::sum);
        }
      }
      if (end != size) {
        throw wrong(
            file, "has %d bytes, and its head says %d. Fetch it again".formatted(size, end));
      }
      return new SafetensorsFile(size, weights);
    } catch (JacksonException | ArithmeticException e) {
      throw wrong(file, "has a head that cannot be read");
    }
  }

  private static long endOf(JsonNode tensor) {
    return tensor.path("data_offsets").path(1).asLong(0);
  }

  private static long elements(JsonNode tensor) {
    long elements = 1;
    for (JsonNode size : tensor.path("shape")) {
      elements = Math.multiplyExact(elements, size.asLong(0));
    }
    return elements;
  }

  private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static IllegalArgumentException wrong(Path file, String why) {
    return new IllegalArgumentException(file + " " + why);
  }
}
