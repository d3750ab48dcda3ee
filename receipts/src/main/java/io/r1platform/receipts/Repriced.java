package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that the issuer moved from one price to another after their records were written. No
 * record says so: a bundle carries the moves as its issuer's word, so that its lines can be told
 * from its records. Of each project, model and kind of token as many come as go.
 *
 * @param moves in any order
 */
public record Repriced(List<Move> moves) {
  /** None. */
  public static final Repriced NONE = new Repriced(List.of());

  private static final int PARTS = 6;

  /**
   * Tokens that came to a price, or below 0 went from it.
   *
   * @param sku as invoice lines have it
   * @param window price window
   * @param price SHA-256 of the price version's text
   * @param quantity tokens
   */
  public record Move(
      long projectId, int modelId, String sku, int window, Hash price, long quantity) {}

  private record Kind(long projectId, int modelId, String sku) {}

  /** Copies the list. */
  public Repriced {
    moves = List.copyOf(moves);
  }

  /** A line for each: project, model, SKU, window, price version, tokens. */
  public String text() {
    var text = new StringBuilder();
    for (Move m : moves) {
      text.append(
          "%d %d %s %d %s %d\n"
              .formatted(m.projectId, m.modelId, m.sku, m.window, m.price, m.quantity));
    }
    return text.toString();
  }

  /**
   * Reads {@link #text}.
   *
   * @throws NotGenuine if it is anything else, or tokens come from nowhere
   */
  public static Repriced parse(String text, String what) {
    var moves = new ArrayList<Move>();
    Map<Kind, Long> left = new HashMap<>();
    for (String line : Lines.of(text, what)) {
      String[] parts = line.split(" ", -1);
      if (parts.length != PARTS || !parts[2].matches("[A-Z_]{1,30}")) {
        throw new NotGenuine(what + ": not a move: " + Lines.shown(line));
      }
      boolean gone = parts[5].startsWith("-");
      long quantity = Lines.count(gone ? parts[5].substring(1) : parts[5], what + ": tokens");
      var move =
          new Move(
              Lines.count(parts[0], what + ": project"),
              (int) Math.min(Lines.count(parts[1], what + ": model"), Integer.MAX_VALUE),
              parts[2],
              (int) Math.min(Lines.count(parts[3], what + ": window"), Integer.MAX_VALUE),
              Hash.ofHex(parts[4]),
              gone ? -quantity : quantity);
      moves.add(move);
      left.merge(new Kind(move.projectId, move.modelId, move.sku), move.quantity, Math::addExact);
    }
    left.forEach(
        (kind, sum) -> {
          if (sum != 0) {
            throw new NotGenuine(
                "%s: %d tokens %s of model %d in project %d come from no price"
                    .formatted(what, sum, kind.sku, kind.modelId, kind.projectId));
          }
        });
    return new Repriced(moves);
  }
}
