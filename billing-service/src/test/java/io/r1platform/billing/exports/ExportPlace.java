package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of a target with the files of one scope, as a reader sees them. */
record ExportPlace(Path folder) {
  static ExportPlace of(Path target, String dataset, long tenant, YearMonth month) {
    String range = month.atDay(1) + "_" + month.plusMonths(1).atDay(1);
    return new ExportPlace(
        target.resolve(dataset).resolve("organization=" + tenant).resolve(range));
  }

  String manifestText() {
    return text(Manifest.NAME);
  }

  String firstPart() {
    return text(parts().path(0).path("file").asString());
  }

  private String text(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  JsonNode manifest() {
    return JsonMapper.shared().readTree(manifestText());
  }

  String rows() {
    return manifest().path("rows").asString();
  }

  JsonNode parts() {
    return manifest().path("parts");
  }

  /** In pico-dollars. */
  String sum() {
    JsonNode sum = manifest().path("sum_pico").path("USD");
    assertThat(sum.isString()).as(manifestText()).isTrue();
    return sum.asString();
  }
}
