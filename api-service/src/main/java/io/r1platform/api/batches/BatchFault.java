package io.r1platform.api.batches;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a batch.
 *
 * @param line of the input file, from 1; null if it is about the whole
 */
record BatchFault(String code, @Nullable Integer line, String message, @Nullable String param) {
  private static final Pattern UNWRITABLE = Pattern.compile("[\\p{Cc}\\p{Cs}]");

  /** What a file has brought into the text is made writable: no database takes a NUL. */
  BatchFault {
    message = written(message);
    param = param == null ? null : written(param);
  }

  private static String written(String text) {
    return UNWRITABLE.matcher(text).replaceAll("?");
  }
}
