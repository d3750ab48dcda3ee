package io.r1platform.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One generation. Made by {@link #greedy}, changed by copies; what it holds beside is off. Arrays
 * are not copied: do not change them before {@link Engine#submit} returns.
 */
public final class GenerationRequest {
  private static final Duration DEADLINE_MAX = Duration.ofDays(1);
  private static final int STOP_IDS_MAX = 16;
  private static final int TOP_LOGPROBS_MAX = 20;
  static final int NO_LOGPROBS = -1;
  static final int AT_ONCE = -1;

  private final long id;
  private final int[] promptIds;
  private final int maxTokens;
  private int minTokens;
  private Sampling sampling = Sampling.greedy();
  private int[] stopIds = {};
  private boolean ignoreEnd;
  private int priority;
  private @Nullable Duration deadline;
  private long cacheSalt;
  private int topLogprobs = NO_LOGPROBS;
  private @Nullable Constraint constraint;
  private int constraintAfterId = AT_ONCE;
  private boolean mayEndFirst;

  private GenerationRequest(long id, int[] promptIds, int maxTokens) {
    this.id = id;
    this.promptIds = promptIds;
    this.maxTokens = maxTokens;
  }

  private GenerationRequest(GenerationRequest other) {
    this(other.id, other.promptIds, other.maxTokens);
    minTokens = other.minTokens;
    sampling = other.sampling;
    stopIds = other.stopIds;
    ignoreEnd = other.ignoreEnd;
    priority = other.priority;
    deadline = other.deadline;
    cacheSalt = other.cacheSalt;
    topLogprobs = other.topLogprobs;
    constraint = other.constraint;
    constraintAfterId = other.constraintAfterId;
    mayEndFirst = other.mayEndFirst;
  }

  /**
   * A greedy generation without further conditions.
   *
   * @param id the caller's, not 0, unique among the engine's unfinished requests
   * @param promptIds the whole prompt, BOS included, at least one token
   * @param maxTokens output tokens at most, end token included, at least 1; prompt and output
   *     together must fit {@link ModelInfo#contextTokens()}
   */
  public static GenerationRequest greedy(long id, int[] promptIds, int maxTokens) {
    require(id != 0, "id must not be 0");
    require(promptIds.length > 0, "promptIds must have at least one token");
    require(maxTokens >= 1, "maxTokens must be at least 1, is " + maxTokens);
    return new GenerationRequest(id, promptIds, maxTokens);
  }

  /** The same with another sampling. */
  public GenerationRequest withSampling(Sampling other) {
    var copy = new GenerationRequest(this);
    copy.sampling = other;
    return copy;
  }

  /** The same with up to 16 tokens that end the output; they are part of it. */
  public GenerationRequest withStopIds(int... ids) {
    require(ids.length <= STOP_IDS_MAX, "stopIds must be at most 16, are " + ids.length);
    var copy = new GenerationRequest(this);
    copy.stopIds = ids;
    return copy;
  }

  /**
   * The same, without end tokens and stop tokens before so many output tokens. TensorRT-LLM refuses
   * it together with stop tokens.
   */
  public GenerationRequest withMinTokens(int tokens) {
    require(tokens >= 0 && tokens <= maxTokens, "minTokens must be 0 to maxTokens, is " + tokens);
    var copy = new GenerationRequest(this);
    copy.minTokens = tokens;
    return copy;
  }

  /** The same, with the model's end tokens treated as all others. */
  public GenerationRequest ignoringEnd() {
    var copy = new GenerationRequest(this);
    copy.ignoreEnd = true;
    return copy;
  }

  /** The same with another priority: the higher starts first, equals in the order they came. */
  public GenerationRequest withPriority(int other) {
    var copy = new GenerationRequest(this);
    copy.priority = other;
    return copy;
  }

  /** The same with a time from submit, at most a day, after which it ends with DEADLINE. */
  public GenerationRequest withDeadline(Duration fromSubmit) {
    require(
        fromSubmit.isPositive() && fromSubmit.compareTo(DEADLINE_MAX) <= 0,
        "deadline must be positive, to 1 day, is " + fromSubmit);
    var copy = new GenerationRequest(this);
    copy.deadline = fromSubmit;
    return copy;
  }

  /** The same, sharing computed prompt prefixes with requests of this salt; 0 = with none. */
  public GenerationRequest withCacheSalt(long salt) {
    var copy = new GenerationRequest(this);
    copy.cacheSalt = salt;
    return copy;
  }

  /** The same, telling each token's logprob and so many alternatives, 0 to 20. */
  public GenerationRequest withLogprobs(int alternatives) {
    require(
        alternatives >= 0 && alternatives <= TOP_LOGPROBS_MAX,
        "alternatives must be 0 to 20, are " + alternatives);
    var copy = new GenerationRequest(this);
    copy.topLogprobs = alternatives;
    return copy;
  }

  /** The same with a constraint from the first output token on. */
  public GenerationRequest withConstraint(Constraint other) {
    return withConstraint(other, AT_ONCE);
  }

  /**
   * The same with a constraint of what follows this token, such as {@code </think>}; the output
   * does not end before it.
   */
  public GenerationRequest withConstraint(Constraint other, int afterTokenId) {
    require(afterTokenId >= AT_ONCE, "afterTokenId must be an id, is " + afterTokenId);
    var copy = new GenerationRequest(this);
    copy.constraint = other;
    copy.constraintAfterId = afterTokenId;
    return copy;
  }

  /** The same, but the output may also end before the token that a constraint waits for. */
  public GenerationRequest mayEndFirst(boolean may) {
    var copy = new GenerationRequest(this);
    copy.mayEndFirst = may;
    return copy;
  }

  /** The caller's id. */
  public long id() {
    return id;
  }

  int[] promptIds() {
    return promptIds;
  }

  int maxTokens() {
    return maxTokens;
  }

  int minTokens() {
    return minTokens;
  }

  Sampling sampling() {
    return sampling;
  }

  int[] stopIds() {
    return stopIds;
  }

  boolean ignoreEnd() {
    return ignoreEnd;
  }

  int priority() {
    return priority;
  }

  @Nullable Duration deadline() {
    return deadline;
  }

  long cacheSalt() {
    return cacheSalt;
  }

  int topLogprobs() {
    return topLogprobs;
  }

  @Nullable Constraint constraint() {
    return constraint;
  }

  boolean mayEndFirst() {
    return mayEndFirst;
  }

  int constraintAfterId() {
    return constraintAfterId;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
