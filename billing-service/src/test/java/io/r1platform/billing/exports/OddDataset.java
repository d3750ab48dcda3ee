package io.r1platform.billing.exports;

import java.util.List;

/** Whatever a value can be. */
final class OddDataset extends Dataset {
  OddDataset() {
    super(
        "odd",
        List.of(
            new Column("id", Column.Type.BIGINT, false, ""),
            new Column("text", Column.Type.TEXT, true, ""),
            new Column("cost", Column.Type.DECIMAL, true, ""),
            new Column("currency", Column.Type.TEXT, false, ""),
            new Column("at", Column.Type.TIMESTAMP, true, ""),
            new Column("json", Column.Type.JSON, true, "")),
        """
    select * from (values
      (1, null, 99999999999999999990.999999999999999999, 'USD', null::timestamptz, null::jsonb),
      (2, '', -0.000000000000000001, 'USD', null, '{"a": "x, \\"y\\""}'),
      (3, '\\N', null, 'USD', null, null),
      (4, E'a,"b"\\nc\\td ☃ ''e''', 0.5, 'USD', '2026-11-01T00:00:00.000001Z', '[1, 2]')
    ) as odd(id, text, cost, currency, at, json)
    where :from < :to and :organization is null order by id
    """);
  }
}
