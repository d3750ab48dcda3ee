package io.r1platform.api.upstreams;

/**
 * A server that was chosen for one attempt of a request. Whoever has it says how it ended, once, by
 * one of {@link Standing}'s methods.
 *
 * @param model what the server calls the model
 */
public record Route(Upstream upstream, String model) {

  /** How the server does. */
  public Standing standing() {
    return upstream.standing();
  }
}
