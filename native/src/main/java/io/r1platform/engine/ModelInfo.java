package io.r1platform.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The loaded model. Token ids are −1 where the model has no such token.
 *
 * @param name as the file names it; may be empty
 * @param architecture such as {@code deepseek2}
 * @param sha256 of the file, 64 hexadecimal digits
 * @param backend such as {@code llamacpp}
 * @param backendVersion such as {@code v0.5.0}
 * @param vocabularySize ids are 0 to this, exclusive
 * @param contextTokens longest prompt and output together
 * @param maxSequences requests that can run at the same time
 * @param pieceBytesMax bytes of the longest token
 * @param bosId begin of sequence
 * @param thinkOpenId the control token {@code <think>}
 * @param thinkCloseId the control token {@code </think>}
 * @param endIds tokens that end an output
 * @param kvTokens tokens the cache holds over all requests
 * @param fileBytes size of the file
 * @param parameters number of weights
 * @param simulated whether it is of backend SIM: its tokens mean nothing and are never invoiced
 * @param features what a request may ask; else submit answers UNSUPPORTED
 */
public record ModelInfo(
    String name,
    String architecture,
    String sha256,
    String backend,
    String backendVersion,
    int vocabularySize,
    int contextTokens,
    int maxSequences,
    int pieceBytesMax,
    int bosId,
    int thinkOpenId,
    int thinkCloseId,
    List<Integer> endIds,
    long kvTokens,
    long fileBytes,
    long parameters,
    boolean simulated,
    Set<Feature> features) {

  /** What a request may ask beyond tokens, temperature, top-p and top-k. */
  public enum Feature {
    /** {@link GenerationRequest#withLogprobs}. */
    LOGPROBS(0),
    /** {@link Sampling.Penalties}. */
    PENALTIES(1),
    /** {@link Sampling#bias}. */
    BIAS(2),
    /** {@link GenerationRequest#withMinTokens}. */
    MIN_TOKENS(3),
    /** {@link Sampling#minP}. */
    MIN_P(4),
    /** {@link Engine#tokenize}. */
    TEXT(5),
    /** {@link Constraint.JsonObject}, by the backend itself. */
    JSON_OBJECT(8),
    /** {@link Constraint.JsonSchema}, by the backend itself. */
    JSON_SCHEMA(9),
    /** {@link Constraint.Regex}, by the backend itself. */
    REGEX(10),
    /** {@link Constraint.Grammar}; the other constraints are translated to one. */
    GRAMMAR(11),
    /** {@link GenerationRequest#mayEndFirst}. */
    END_FIRST(12);

    private final int bit;

    Feature(int bit) {
      this.bit = bit;
    }

    /** Those of the bits R1_CAN_* of {@code r1_engine.h}. */
    static Set<Feature> ofBits(int bits) {
      return Arrays.stream(values())
          .filter(feature -> (bits >>> feature.bit & 1) == 1)
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  /** Takes copies. */
  public ModelInfo {
    endIds = List.copyOf(endIds);
    features = Set.copyOf(features);
  }
}
