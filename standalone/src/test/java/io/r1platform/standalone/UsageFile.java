package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The exported usage file, read as finance would.
 *
 * @param picos cost of each request; an id that comes twice is an error
 * @param manifest what the platform says about the file
 */
record UsageFile(Map<UUID, BigInteger> picos, JsonNode manifest) {
  /** Exports this month through the command line. */
  static UsageFile export(Platform platform, Path directory) throws IOException {
    Platform.Printed export =
        platform.r1("export", "usage_records", "--format", "csv", "--out", directory.toString());
    assertThat(export.exit()).as(export.text()).isZero();
    List<String> lines = Files.readAllLines(directory.resolve("usage_records-00001.csv"));
    List<String> header = List.of(lines.getFirst().split(",", -1));
    var picos = new HashMap<UUID, BigInteger>();
    for (String line : lines.subList(1, lines.size())) {
      String[] row = line.split(",", -1);
      var before =
          picos.put(
              UUID.fromString(row[header.indexOf("event_id")]),
              new BigInteger(row[header.indexOf("cost_pico")]));
      assertThat(before).as("one row for " + row[0]).isNull();
    }
    String manifest = Files.readString(directory.resolve("manifest.json"));
    return new UsageFile(Map.copyOf(picos), JsonMapper.builder().build().readTree(manifest));
  }

  /** What all rows cost. */
  BigInteger sum() {
    return picos.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
  }
}
