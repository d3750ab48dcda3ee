package io.r1platform.billing.prices;

import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the windows and prices of drafts, in the caller's transaction. */
@Component
class PriceContents {
  private final JdbcClient jdbc;
  private final JsonMapper json;

  PriceContents(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Gives a draft what another version has. */
  void copy(long fromVersionId, long toVersionId) {
    jdbc.sql(
            """
            insert into price_window (version_id, win, code, from_t, to_t, tz, dow, calendar)
            select :to, win, code, from_t, to_t, tz, dow, calendar
            from price_window where version_id = :from
            """)
        .param("from", fromVersionId)
        .param("to", toVersionId)
        .update();
    jdbc.sql(
            """
            insert into price
              (version_id, model_id, sku, win, unit_pico, list_pico, tier_kind, tiers)
            select :to, model_id, sku, win, unit_pico, list_pico, tier_kind, tiers
            from price where version_id = :from
            """)
        .param("from", fromVersionId)
        .param("to", toVersionId)
        .update();
  }

  void replace(long versionId, DraftContent content) {
    jdbc.sql("delete from price where version_id = ?").param(versionId).update();
    jdbc.sql("delete from price_window where version_id = ?").param(versionId).update();
    addModels(content.prices());
    jdbc.sql(
            """
            insert into price_window (version_id, win, code, from_t, to_t, tz, dow, calendar)
            select :id, win, code, from_t, to_t, tz, dow, calendar
            from jsonb_to_recordset(cast(:rows as jsonb)) as w(win int, code text, from_t time,
              to_t time, tz text, dow int[], calendar text)
            """)
        .param("id", versionId)
        .param("rows", windows(content.windows()))
        .update();
    jdbc.sql(
            """
            insert into price
              (version_id, model_id, sku, win, unit_pico, list_pico, tier_kind, tiers)
            select :id, model_id, sku, win, unit_pico, list_pico, tier_kind, tiers
            from jsonb_to_recordset(cast(:rows as jsonb)) as p(model_id int, sku text, win int,
              unit_pico bigint, list_pico bigint, tier_kind text, tiers jsonb)
            """)
        .param("id", versionId)
        .param("rows", prices(content.prices()))
        .update();
  }

  private void addModels(List<DraftContent.Line> lines) {
    lines.stream()
        .filter(line -> line.model() != null)
        .sorted(Comparator.comparingInt(DraftContent.Line::modelId))
        .map(line -> new Model(line.modelId(), String.valueOf(line.model())))
        .distinct()
        .forEach(
            model ->
                jdbc.sql(
                        """
                        insert into model (model_id, name) select :id, :name
                        where not exists (select from model where model_id = :id)
                        on conflict do nothing
                        """)
                    .param("id", model.id)
                    .param("name", model.name)
                    .update());
  }

  private record Model(int id, String name) {}

  private String windows(List<WireWindow> windows) {
    ArrayNode rows = json.createArrayNode();
    for (WireWindow window : windows) {
      ObjectNode row = rows.addObject();
      row.put("win", window.window());
      row.put("code", window.code());
      row.put("from_t", window.from());
      row.put("to_t", window.to());
      row.put("tz", window.zone());
      ArrayNode days = row.putArray("dow");
      window.days().stream().distinct().sorted().forEach(days::add);
      row.put("calendar", window.calendar());
    }
    return rows.toString();
  }

  private String prices(List<DraftContent.Line> lines) {
    ArrayNode rows = json.createArrayNode();
    for (DraftContent.Line line : lines) {
      ObjectNode row = rows.addObject();
      row.put("model_id", line.modelId());
      row.put("sku", line.sku().name());
      row.put("win", line.window());
      row.put("unit_pico", line.unitPico());
      String list = line.listPico();
      row.put("list_pico", list == null ? line.unitPico() : list);
      DraftContent.TierLine tiers = line.tiers();
      if (tiers != null) {
        row.put("tier_kind", tiers.kind().name());
        addTiers(row, tiers);
      }
    }
    return rows.toString();
  }

  private static void addTiers(ObjectNode row, DraftContent.TierLine tiers) {
    List<DraftContent.Step> steps = tiers.steps();
    if (steps == null) {
      row.putObject("tiers").put("block", tiers.block());
      return;
    }
    ArrayNode array = row.putArray("tiers");
    for (DraftContent.Step step : steps) {
      array.addObject().put("from", step.from()).put("unit_pico", step.unitPico());
    }
  }
}
