package io.r1platform.billing.documents;

import java.util.Locale;

/** What a document is written in. */
enum Language {
  EN,
  KO;

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
