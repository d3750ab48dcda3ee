package io.r1platform.inference.receipts;

/**
 * A thread that makes receipts durable or ships them is gone: this process must end.
 *
 * @param cause what ended it
 */
public record ReceiptsLost(Throwable cause) {}
