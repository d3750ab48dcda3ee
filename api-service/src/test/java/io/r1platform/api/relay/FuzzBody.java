package io.r1platform.api.relay;

import io.r1platform.api.OpenApi;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Random bodies of an operation: good ones, ones with a wrong part, and ones that are broken. */
final class FuzzBody {
  static final String BOUNDARY = "fuzz-boundary";
  private static final int LARGE = 80_000;
  private static final List<Charset> OTHER_CHARSETS =
      List.of(
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE,
          StandardCharsets.UTF_16,
          StandardCharsets.UTF_32,
          StandardCharsets.ISO_8859_1);

  private final OpenApi description;
  private final FuzzValues values;

  FuzzBody(OpenApi description, FuzzValues values) {
    this.description = description;
    this.values = values;
  }

  /** As described. */
  byte[] good(FuzzOperation operation, RandomGenerator random) {
    JsonNode schema = operation.body();
    return schema == null
        ? new byte[0]
        : bytes(operation, values.good(schema, random), schema, random);
  }

  /** A good one in which one thing is not, or is at a bound. */
  byte[] wrong(FuzzOperation operation, RandomGenerator random) {
    JsonNode schema = operation.body();
    if (schema == null) {
      return values.odd(random).toString().getBytes(StandardCharsets.UTF_8);
    }
    JsonNode value = values.good(schema, random);
    for (int i = random.nextInt(4) == 0 ? 3 : 1; i > 0; i--) {
      change(value, schema, random);
    }
    byte[] bytes = bytes(operation, value, schema, random);
    return random.nextInt(12) == 0 ? twice(bytes, value, random) : bytes;
  }

  /** One that is no JSON, or whose text is not UTF-8. */
  byte[] broken(FuzzOperation operation, RandomGenerator random) {
    byte[] good = good(operation, random);
    String text = new String(good, StandardCharsets.UTF_8);
    int at = random.nextInt(good.length + 1);
    return switch (random.nextInt(12)) {
      case 0 -> Arrays.copyOf(good, at);
      case 1 -> insert(good, at, (byte) random.nextInt(256));
      case 2 -> insert(good, at, (byte) 0xc3, (byte) 0x28);
      case 3 -> insert(good, at, (byte) 0xed, (byte) 0xa0, (byte) 0x80);
      case 4 -> insert(good, at, (byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80);
      case 5 -> insert(good, 0, (byte) 0xef, (byte) 0xbb, (byte) 0xbf);
      case 6 -> insert(good, at, "\\ud800".getBytes(StandardCharsets.US_ASCII));
      case 7 -> text.getBytes(OTHER_CHARSETS.get(random.nextInt(OTHER_CHARSETS.size())));
      case 8 -> (text + values.odd(random)).getBytes(StandardCharsets.UTF_8);
      case 9 -> "[{\"a\":".repeat(random.nextInt(LARGE / 6)).getBytes(StandardCharsets.UTF_8);
      case 10 -> values.odd(random).toString().getBytes(StandardCharsets.UTF_8);
      default -> {
        byte[] noise = new byte[random.nextInt(300)];
        random.nextBytes(noise);
        yield noise;
      }
    };
  }

  private void change(JsonNode root, JsonNode schema, RandomGenerator random) {
    List<JsonNode> places = new ArrayList<>();
    places(root, places);
    JsonNode place = random.nextBoolean() ? root : places.get(random.nextInt(places.size()));
    boolean top = place.equals(root);
    JsonNode properties = description.followed(schema).path("properties");
    if (place instanceof ObjectNode object) {
      List<String> names = new ArrayList<>(object.propertyNames());
      if (top) {
        names.addAll(properties.propertyNames());
      }
      String name =
          names.isEmpty() || random.nextInt(8) == 0
              ? FuzzValues.ODD_TEXT.get(random.nextInt(FuzzValues.ODD_TEXT.size()))
              : names.get(random.nextInt(names.size()));
      if (random.nextInt(6) == 0) {
        object.remove(name);
      } else if (top && properties.has(name) && random.nextBoolean()) {
        object.set(name, values.boundary(properties.path(name), random));
      } else {
        put(object, name, random);
      }
    } else if (place instanceof ArrayNode array) {
      array.add(values.odd(random));
    }
  }

  private void put(ObjectNode object, String name, RandomGenerator random) {
    switch (random.nextInt(12)) {
      case 0 -> object.putRawValue(name, new RawValue("1" + "0".repeat(random.nextInt(3_000))));
      case 1 -> object.putRawValue(name, new RawValue("1e" + random.nextInt(Integer.MAX_VALUE)));
      case 2 -> {
        int depth = random.nextInt(1, 3_000);
        object.putRawValue(name, new RawValue("[".repeat(depth) + "]".repeat(depth)));
      }
      case 3 -> object.put(name, "z".repeat(random.nextInt(LARGE)));
      case 4 -> object.putRawValue(name, new RawValue("\"\\udead\\ud83d\""));
      case 5 -> object.put(name, "10");
      default -> object.set(name, values.odd(random));
    }
  }

  private static void places(JsonNode node, List<JsonNode> found) {
    if (node.isContainer()) {
      found.add(node);
      node.forEach(child -> places(child, found));
    } else if (found.isEmpty()) {
      found.add(node);
    }
  }

  /** The first member once more, with another value. */
  private byte[] twice(byte[] bytes, JsonNode value, RandomGenerator random) {
    if (!value.isObject() || value.isEmpty() || bytes[0] != '{') {
      return bytes;
    }
    String name = value.propertyNames().iterator().next();
    return insert(
        bytes,
        1,
        "\"%s\":%s,".formatted(name, values.odd(random)).getBytes(StandardCharsets.UTF_8));
  }

  private byte[] bytes(
      FuzzOperation operation, JsonNode value, JsonNode schema, RandomGenerator random) {
    return operation.bodyType().startsWith("multipart/")
        ? multipart(value, description.followed(schema), random)
        : JsonMapper.shared().writeValueAsBytes(value);
  }

  private static byte[] multipart(JsonNode value, JsonNode schema, RandomGenerator random) {
    var text = new StringBuilder();
    value.forEachEntry(
        (name, part) -> {
          JsonNode property = schema.path("properties").path(name);
          boolean file = property.has("contentMediaType") || property.has("format");
          text.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + '"');
          text.append(file ? "; filename=\"f" + random.nextInt(9) + ".jsonl\"" : "");
          text.append("\r\n\r\n" + (part.isString() ? part.asString() : part) + "\r\n");
        });
    return (text + "--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] insert(byte[] into, int at, byte... more) {
    var joined = new ByteArrayOutputStream();
    joined.write(into, 0, at);
    joined.writeBytes(more);
    joined.write(into, at, into.length - at);
    return joined.toByteArray();
  }
}
