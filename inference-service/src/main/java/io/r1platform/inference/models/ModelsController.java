package io.r1platform.inference.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /v1/models} and {@code /v1/models/{id}}: what is loaded and what it can do; apart from
 * it, what is on its way, leaving or broken.
 */
@RestController
final class ModelsController {
  private static final List<String> CAPABILITIES = List.of("chat", "reasoning", "seed", "stop");

  private final Models models;

  record ModelList(String object, List<ModelView> data, List<OtherView> not_ready) {}

  /** A model as {@code GET /v1/models/{id}} shows it. */
  sealed interface View permits ModelView, OtherView {}

  record ModelView(
      String id,
      String object,
      long created,
      String owned_by,
      int model_id,
      int context_length,
      int max_output_tokens,
      int default_max_tokens,
      String tokenizer_sha256,
      String system_fingerprint,
      String backend,
      boolean simulated,
      List<String> capabilities)
      implements View {
    static ModelView of(ModelCard card) {
      return new ModelView(
          card.name(),
          "model",
          card.createdEpochSeconds(),
          "r1-platform",
          card.modelId(),
          card.contextTokens(),
          card.maxOutputTokens(),
          card.defaultMaxTokens(),
          card.tokenizerSha256(),
          card.systemFingerprint(),
          card.backend(),
          card.simulated(),
          Stream.concat(CAPABILITIES.stream(), card.capabilities().stream()).toList());
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record OtherView(
      String id,
      String object,
      int model_id,
      String state,
      @Nullable Float progress,
      @Nullable String failure,
      @Nullable Long file_bytes,
      @Nullable Long cache_bytes,
      @Nullable Long compute_bytes)
      implements View {
    static OtherView of(ServedModel model, ServedModel.State state) {
      ModelSizes sizes = model.sizes();
      return new OtherView(
          model.name(),
          "model",
          model.plan().modelId(),
          nameOf(state),
          state instanceof ServedModel.Loading loading ? loading.progress() : null,
          state instanceof ServedModel.Failed failed ? failed.why() : null,
          sizes == null ? null : sizes.file(),
          sizes == null ? null : sizes.cache(),
          sizes == null ? null : sizes.compute());
    }

    private static String nameOf(ServedModel.State state) {
      return switch (state) {
        case ServedModel.Loading _ -> "loading";
        case ServedModel.Ready _ -> "ready";
        case ServedModel.Unloading _ -> "unloading";
        case ServedModel.Failed _ -> "failed";
      };
    }
  }

  ModelsController(Models models) {
    this.models = models;
  }

  @GetMapping("/v1/models")
  ModelList list() {
    List<View> views = models.all().stream().map(ModelsController::view).toList();
    return new ModelList("list", only(ModelView.class, views), only(OtherView.class, views));
  }

  @GetMapping("/v1/models/{id}")
  View one(@PathVariable String id) {
    return models.find(id).map(ModelsController::view).orElseThrow(() -> Models.notHere(id));
  }

  private static View view(ServedModel model) {
    ServedModel.State state = model.state();
    return state instanceof ServedModel.Ready ready
        ? ModelView.of(ready.card())
        : OtherView.of(model, state);
  }

  private static <T extends View> List<T> only(Class<T> kind, List<View> views) {
    return views.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
