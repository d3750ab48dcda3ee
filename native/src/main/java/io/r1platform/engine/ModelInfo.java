package io.r1platform.engine;

import java.util.List;

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
    long parameters) {

  /** Takes a copy of the end tokens. */
  public ModelInfo {
    endIds = List.copyOf(endIds);
  }
}
