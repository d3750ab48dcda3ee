package io.r1platform.billing.documents;

/** What a document is printed on. */
enum Paper {
  A4("210mm 297mm"),
  LETTER("8.5in 11in");

  private final String css;

  Paper(String css) {
    this.css = css;
  }

  String css() {
    return css;
  }
}
