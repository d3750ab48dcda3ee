package io.r1platform.simulation;

import io.r1platform.billing.usage.SimulatedBilling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The wire from the gateways to billing: delivers, loses, repeats and reorders. */
final class Network {
  /** What becomes of the next message. */
  enum Fate {
    /** Arrives, and the answer too. */
    DELIVERED,
    /** Never arrives. */
    LOST,
    /** Arrives; its answer does not. */
    ANSWER_LOST,
    /** Arrives twice; the second answer counts. */
    DOUBLED
  }

  private record Message(String path, ByteBuffer body) {}

  private static final int KEPT = 16;
  private static final int COUNT_AT = 20;
  private static final int FIRST_SEQ_AT = 24;

  private final SimulatedBilling billing;
  private final SimulatedProcess billingProcess;
  private final List<Message> past = new ArrayList<>();
  private Fate next = Fate.DELIVERED;
  private long failures;
  private boolean lying;
  private boolean lieNow;

  Network(SimulatedBilling billing, SimulatedProcess billingProcess) {
    this.billing = billing;
    this.billingProcess = billingProcess;
  }

  /** Decides about the next message. */
  synchronized void next(Fate fate) {
    next = fate;
  }

  /** Delivers a message of the past once more, late and out of order. */
  synchronized void replay(int which) {
    if (!past.isEmpty()) {
      try {
        deliver(past.get(which % past.size()));
      } catch (IOException e) {
        // billing died of it; whoever needs the message sends it again
      }
    }
  }

  /**
   * From now on every other batch is acknowledged and thrown away, and so is the end of an epoch,
   * by which a gateway would hear of it.
   */
  synchronized void lie() {
    lying = true;
  }

  /** How often billing died or failed while it took a message. */
  synchronized long failures() {
    return failures;
  }

  /** Forgets what was sent. */
  synchronized void forget() {
    past.clear();
    next = Fate.DELIVERED;
  }

  /** Carries a message to billing; {@link IOException} where no answer comes back. */
  synchronized SimulatedBilling.Answer carry(String path, byte[] body) throws IOException {
    var message = new Message(path, ByteBuffer.wrap(body));
    Fate fate = next;
    next = Fate.DELIVERED;
    if (past.size() == KEPT) {
      past.removeFirst();
    }
    past.add(message);
    if (fate == Fate.LOST) {
      throw new IOException("simulated: the message got lost");
    }
    if (fate == Fate.DOUBLED) {
      deliver(message);
    }
    SimulatedBilling.Answer answer = deliver(message);
    if (fate == Fate.ANSWER_LOST) {
      throw new IOException("simulated: the answer got lost");
    }
    return answer;
  }

  private SimulatedBilling.Answer deliver(Message message) throws IOException {
    if (lying && message.path().endsWith("/epochs/close")) {
      return new SimulatedBilling.Answer(204, "");
    }
    if (lying && message.path().endsWith("/usage-batches")) {
      lieNow = !lieNow;
      if (lieNow) {
        long next = message.body().getLong(FIRST_SEQ_AT) + message.body().getInt(COUNT_AT);
        return new SimulatedBilling.Answer(200, "{\"next_seq\":\"%d\"}".formatted(next));
      }
    }
    try {
      return billing.post(message.path(), message.body().array());
    } catch (Crash | RuntimeException e) {
      failures++;
      billingProcess.revive();
      throw new IOException(e);
    }
  }
}
