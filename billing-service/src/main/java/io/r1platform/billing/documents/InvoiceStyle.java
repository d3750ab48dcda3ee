package io.r1platform.billing.documents;

/** How a document looks. */
final class InvoiceStyle {
  private InvoiceStyle() {}

  static String css(Paper paper, String page) {
    return """
    @page { size: %s; margin: 18mm 18mm 20mm 18mm;
      @bottom-right { content: "%s " counter(page) " / " counter(pages);
        font-family: 'Noto Sans KR'; font-size: 8pt; color: #6b7280; } }
    * { font-family: 'Noto Sans KR'; }
    body { font-size: 9.5pt; color: #111827; line-height: 1.45; margin: 0; }
    table { width: 100%%; border-collapse: collapse; }
    td, th { vertical-align: top; padding: 0; }
    .banner { border: 1pt solid #b45309; color: #b45309; font-weight: bold;
      padding: 2mm 3mm; margin-bottom: 6mm; }
    .head td { vertical-align: bottom; }
    .issuer { font-size: 13pt; font-weight: bold; }
    .title { font-size: 22pt; font-weight: bold; text-align: right; color: #1d4ed8;
      line-height: 1.1; }
    .meta { margin-top: 6mm; border-top: 1.5pt solid #1d4ed8; }
    .meta td { padding: 3mm 4mm 3mm 0; }
    .label { font-size: 7.5pt; font-weight: bold; color: #6b7280; padding-bottom: 0.5mm; }
    .parties { margin-top: 3mm; }
    .parties td { width: 50%%; padding-right: 6mm; }
    .name { font-weight: bold; }
    .due { margin-top: 7mm; background-color: #eff6ff; }
    .due td { padding: 3.5mm 4mm; font-size: 13pt; font-weight: bold; }
    .number { text-align: right; white-space: nowrap; }
    .lines { margin-top: 7mm; -fs-table-paginate: paginate; }
    .lines th { text-align: left; font-size: 7.5pt; color: #6b7280;
      border-bottom: 0.75pt solid #9ca3af; padding: 0 0 1.5mm 0; }
    .lines th.number { text-align: right; padding-left: 5mm; }
    .lines td { padding: 1.5mm 0; border-bottom: 0.5pt solid #e5e7eb; vertical-align: bottom; }
    .lines td.number { padding-left: 5mm; }
    .lines tr { page-break-inside: avoid; }
    .group { padding: 1.5mm 0 2.5mm 0; font-weight: bold; width: 100mm; word-wrap: break-word; }
    .group .more { font-weight: normal; }
    .item { padding-left: 4mm; }
    .more { color: #6b7280; font-size: 7.5pt; white-space: nowrap; }
    .word { white-space: nowrap; }
    .sums { margin-top: 3mm; margin-left: 80mm; page-break-inside: avoid; }
    .sums td { padding: 1.2mm 0; }
    .sums .total td { font-size: 12pt; font-weight: bold; border-top: 1pt solid #111827;
      padding-top: 2mm; }
    .notes { margin-top: 8mm; font-size: 8pt; color: #374151; page-break-inside: avoid; }
    .notes div { padding-bottom: 1mm; }
    .notes .label { padding-top: 2mm; }
    .hash { font-size: 7pt; color: #6b7280; }
    """
        .formatted(paper.css(), page);
  }
}
