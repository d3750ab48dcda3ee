package io.r1platform.verifybill.tokens;

import io.r1platform.receipts.NotGenuine;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a GGUF file says of its tokenizer. Only the metadata at the file's begin is read, so that a
 * model's first megabytes are enough.
 *
 * @param model {@code gpt2} for byte-level BPE
 * @param rule how text is split before merging, {@code deepseek-v3} for instance
 * @param tokens texts by id
 * @param types by id: 3 a control token, 4 one that is found in any text
 * @param merges pairs with a space between, by rank
 */
record VocabularyFile(
    String model, String rule, List<String> tokens, List<Long> types, List<String> merges) {
  private static final int MAGIC = 0x46554747;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int[] NUMBER_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  private static final long MOST_KEYS = 65_536;
  private static final long MOST_ITEMS = 4_000_000;
  private static final int MOST_BYTES = 16 << 20;

  /** Copies the lists. */
  VocabularyFile {
    tokens = List.copyOf(tokens);
    types = List.copyOf(types);
    merges = List.copyOf(merges);
  }

  /**
   * Reads a file's.
   *
   * @throws NotGenuine if it is no GGUF file, or has no tokenizer
   */
  static VocabularyFile read(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return new Reader(in).read();
    } catch (EOFException e) {
      throw new NotGenuine(file + " ends within its metadata", e);
    }
  }

  private static final class Reader {
    private final DataInputStream in;
    private String model = "";
    private String rule = "";
    private final List<String> tokens = new ArrayList<>();
    private final List<Long> types = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    private Reader(DataInputStream in) {
      this.in = in;
    }

    private VocabularyFile read() throws IOException {
      if (number(4) != MAGIC) {
        throw new NotGenuine("the model is no GGUF file");
      }
      long version = number(4);
      if (version != 2 && version != 3) {
        throw new NotGenuine("the model is GGUF version %d, not 2 or 3".formatted(version));
      }
      number(8); // tensors
      long keys = atMost(number(8), MOST_KEYS);
      for (long i = 0; i < keys; i++) {
        String key = text();
        value(key, (int) number(4));
      }
      if (tokens.isEmpty() || types.size() != tokens.size()) {
        throw new NotGenuine("the model's file has no whole vocabulary");
      }
      return new VocabularyFile(model, rule, tokens, types, merges);
    }

    private void value(String key, int type) throws IOException {
      if (type == ARRAY) {
        int of = (int) number(4);
        long count = atMost(number(8), MOST_ITEMS);
        for (long i = 0; i < count; i++) {
          item(key, of);
        }
      } else if (type == STRING) {
        String text = text();
        switch (key) {
          case "tokenizer.ggml.model" -> model = text;
          case "tokenizer.ggml.pre" -> rule = text;
          default -> {}
        }
      } else {
        number(bytes(type));
      }
    }

    private void item(String key, int type) throws IOException {
      if (type == STRING) {
        String text = text();
        switch (key) {
          case "tokenizer.ggml.tokens" -> tokens.add(text);
          case "tokenizer.ggml.merges" -> merges.add(text);
          default -> {}
        }
      } else {
        long number = number(bytes(type));
        if (key.equals("tokenizer.ggml.token_type")) {
          types.add(number);
        }
      }
    }

    private static int bytes(int type) {
      if (type < 0 || type >= NUMBER_BYTES.length || NUMBER_BYTES[type] == 0) {
        throw new NotGenuine("the model's metadata has a value of type " + type);
      }
      return NUMBER_BYTES[type];
    }

    private static long atMost(long count, long most) {
      if (count < 0 || count > most) {
        throw new NotGenuine("the model's metadata has a count of " + count);
      }
      return count;
    }

    /** Little-endian. */
    private long number(int bytes) throws IOException {
      long number = 0;
      for (int i = 0; i < bytes; i++) {
        number |= (long) in.readUnsignedByte() << (Byte.SIZE * i);
      }
      return number;
    }

    private String text() throws IOException {
      byte[] bytes = new byte[(int) atMost(number(8), MOST_BYTES)];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
