package io.r1platform.inference.models;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/models} and {@code /v1/models/{id}}: what is loaded and what it can do. */
@RestController
final class ModelsController {
  private static final List<String> CAPABILITIES = List.of("chat", "reasoning", "seed", "stop");

  private final Models models;

  record ModelList(String object, List<ModelView> data) {}

  record ModelView(
      String id,
      String object,
      long created,
      String owned_by,
      int context_length,
      int max_output_tokens,
      int default_max_tokens,
      String tokenizer_sha256,
      String system_fingerprint,
      List<String> capabilities) {
    static ModelView of(ModelCard card) {
      return new ModelView(
          card.name(),
          "model",
          card.createdEpochSeconds(),
          "r1-platform",
          card.contextTokens(),
          card.maxOutputTokens(),
          card.defaultMaxTokens(),
          card.tokenizerSha256(),
          card.systemFingerprint(),
          CAPABILITIES);
    }
  }

  ModelsController(Models models) {
    this.models = models;
  }

  @GetMapping("/v1/models")
  ModelList list() {
    return new ModelList("list", models.card().map(ModelView::of).stream().toList());
  }

  @GetMapping("/v1/models/{id}")
  ModelView one(@PathVariable String id) {
    return models
        .card()
        .filter(card -> card.name().equals(id))
        .map(ModelView::of)
        .orElseThrow(
            () ->
                ServiceException.ofParam(
                    ErrorCode.MODEL_NOT_FOUND, "model", "The model is not here."));
  }
}
