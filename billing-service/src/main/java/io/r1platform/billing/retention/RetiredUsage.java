package io.r1platform.billing.retention;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Recognises records that have left the database. */
@Component
public class RetiredUsage {
  private final RetentionSettings settings;
  private final JdbcClient jdbc;

  RetiredUsage(RetentionSettings settings, JdbcClient jdbc) {
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /**
   * The content hashes, 64 hex digits, of those of the ids whose records have left.
   *
   * @param days each id with its UTC day
   * @throws UncheckedIOException if a file of such a day cannot be read: then nothing is known
   */
  public Map<UUID, String> leaves(Map<UUID, LocalDate> days) {
    var found = new HashMap<UUID, String>();
    var parts = new HashMap<LocalDate, Integer>();
    for (Map.Entry<UUID, LocalDate> asked : days.entrySet()) {
      int last = parts.computeIfAbsent(asked.getValue(), this::parts);
      for (int part = 1; part <= last; part++) {
        Path file = DayFiles.of(directory(), asked.getValue(), part).ids();
        try {
          IdFile.find(file, asked.getKey()).ifPresent(leaf -> found.put(asked.getKey(), leaf));
        } catch (IOException e) {
          throw new UncheckedIOException("the ids of a retired day cannot be read: " + file, e);
        }
      }
    }
    return found;
  }

  private int parts(LocalDate day) {
    return jdbc.sql("select coalesce(max(part), 0) from usage_retired where day = ?")
        .param(day)
        .query(Integer.class)
        .single();
  }

  private Path directory() {
    Path directory = settings.directory();
    if (directory == null) {
      throw new UncheckedIOException(
          new IOException("days were retired, but r1.billing.retention.directory is not set"));
    }
    return directory;
  }
}
