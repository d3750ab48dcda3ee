package io.r1platform.receipts;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * How many requests, tokens and pico-dollars are below a node of the sum tree. Tokens of batches
 * are counted apart.
 *
 * @param requests how many
 * @param hit charged cached prompt tokens
 * @param miss charged other prompt tokens
 * @param reasoning charged reasoning tokens
 * @param answer charged answer tokens
 * @param batchHit the same of batches
 * @param batchMiss the same of batches
 * @param batchReasoning the same of batches
 * @param batchAnswer the same of batches
 * @param amountHigh upper 64 bits of the amount in pico
 * @param amountLow lower 64 bits
 */
public record Sums(
    long requests,
    long hit,
    long miss,
    long reasoning,
    long answer,
    long batchHit,
    long batchMiss,
    long batchReasoning,
    long batchAnswer,
    long amountHigh,
    long amountLow) {
  /** Bytes of the sums: eleven big-endian words. */
  public static final int BYTES = 11 * Long.BYTES;

  /** Of nothing. */
  public static final Sums ZERO = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Of one request. */
  public static Sums of(UsageRecord r) {
    return r.isBatch()
        ? new Sums(1, 0, 0, 0, 0, r.hit(), r.miss(), r.reasoning(), r.answer(), 0, r.amountPico())
        : new Sums(1, r.hit(), r.miss(), r.reasoning(), r.answer(), 0, 0, 0, 0, 0, r.amountPico());
  }

  /**
   * Both together.
   *
   * @throws ArithmeticException if a sum does not fit
   */
  public Sums plus(Sums o) {
    long low = amountLow + o.amountLow;
    long carry = Long.compareUnsigned(low, amountLow) < 0 ? 1 : 0;
    return new Sums(
        Math.addExact(requests, o.requests),
        Math.addExact(hit, o.hit),
        Math.addExact(miss, o.miss),
        Math.addExact(reasoning, o.reasoning),
        Math.addExact(answer, o.answer),
        Math.addExact(batchHit, o.batchHit),
        Math.addExact(batchMiss, o.batchMiss),
        Math.addExact(batchReasoning, o.batchReasoning),
        Math.addExact(batchAnswer, o.batchAnswer),
        Math.addExact(Math.addExact(amountHigh, o.amountHigh), carry),
        low);
  }

  /** The amount in pico. */
  public BigInteger amountPico() {
    var bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(amountHigh).putLong(amountLow);
    return new BigInteger(bytes.array());
  }

  void write(ByteBuffer to) {
    to.putLong(requests).putLong(hit).putLong(miss).putLong(reasoning).putLong(answer);
    to.putLong(batchHit).putLong(batchMiss).putLong(batchReasoning).putLong(batchAnswer);
    to.putLong(amountHigh).putLong(amountLow);
  }
}
