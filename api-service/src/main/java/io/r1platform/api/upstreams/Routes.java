package io.r1platform.api.upstreams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Chooses the server of a request. Servers of the best priority come first, and among them those
 * that are healthy. A conversation stays with one server by rendezvous hashing, as long as that has
 * not more than its share of the outstanding requests and a quarter; else the least loaded is
 * taken. A server whose breaker is open gets nothing, unless it is the own and only one.
 */
@Component
public class Routes {
  /** No conversation: any server will do. */
  public static final long ANY = 0;

  private final Catalogue catalogue;
  private final double loadFactor;
  private final int tries;
  private final AtomicInteger turn = new AtomicInteger();

  Routes(Catalogue catalogue, UpstreamSettings settings) {
    this.catalogue = catalogue;
    this.loadFactor = settings.loadFactor();
    this.tries = settings.tries();
  }

  /**
   * A server for an attempt, which counts as begun there.
   *
   * @param model our name of it
   * @param conversation a hash of what its beginning is, or {@link #ANY}
   * @param tried servers that are not asked again; nobody is, once they are as many as may be asked
   */
  public Optional<Route> choose(String model, long conversation, Collection<Upstream> tried) {
    if (tried.size() >= tries) {
      return Optional.empty();
    }
    List<Upstream> all = catalogue.serving(model);
    List<Upstream> left =
        all.stream()
            .filter(server -> tried.stream().noneMatch(t -> t.id() == server.id()))
            .toList();
    for (Upstream server : order(left, model, conversation, loadFactor, turn.getAndIncrement())) {
      boolean only = server.own() && all.size() == 1;
      if (server.standing().begin(only)) {
        return Optional.of(new Route(server, name(server, model)));
      }
    }
    return Optional.empty();
  }

  /** The same server once more, which counts as begun there again, whatever its breaker says. */
  public Route again(Route route) {
    var _ = route.standing().begin(true);
    return route;
  }

  /** Whether some server beside those that were tried could be asked. */
  public boolean hasOther(String model, Collection<Upstream> tried) {
    return tried.size() < tries
        && catalogue.serving(model).stream()
            .anyMatch(
                server ->
                    !server.standing().isOpen()
                        && tried.stream().noneMatch(t -> t.id() == server.id()));
  }

  private static String name(Upstream server, String model) {
    Upstream.Served served = server.models().get(model);
    return served == null ? model : served.name();
  }

  /**
   * All of them, in the order in which they are asked.
   *
   * @param turn whose turn it is among equals
   */
  static List<Upstream> order(
      List<Upstream> servers, String model, long conversation, double loadFactor, int turn) {
    var tiers =
        servers.stream()
            .collect(
                Collectors.groupingBy(
                    server -> tier(server, model), TreeMap::new, Collectors.toList()));
    return tiers.values().stream()
        .flatMap(tier -> ordered(tier, conversation, loadFactor, turn).stream())
        .toList();
  }

  /** By priority; those that are not healthy come after all others. */
  private static int tier(Upstream server, String model) {
    Upstream.Served served = server.models().get(model);
    int priority = served == null ? OwnUpstreams.PRIORITY : served.priority();
    return server.standing().isHealthy() ? priority : priority + 1_000;
  }

  private static List<Upstream> ordered(
      List<Upstream> tier, long conversation, double loadFactor, int turn) {
    if (tier.size() == 1) {
      return tier;
    }
    Comparator<Upstream> byTurn =
        Comparator.comparingInt(server -> Math.floorMod(tier.indexOf(server) - turn, tier.size()));
    Comparator<Upstream> byLoad =
        Comparator.<Upstream>comparingInt(server -> server.standing().outstanding())
            .thenComparing(byTurn);
    var ordered = new ArrayList<Upstream>(tier.stream().sorted(byLoad).toList());
    if (conversation != ANY) {
      int all = tier.stream().mapToInt(server -> server.standing().outstanding()).sum();
      int bound = (int) Math.ceil(loadFactor * (all + 1) / tier.size());
      tier.stream()
          .sorted(Comparator.comparingLong(server -> weight(conversation, server)))
          .filter(server -> server.standing().outstanding() < bound)
          .findFirst()
          .ifPresent(
              home -> {
                ordered.remove(home);
                ordered.addFirst(home);
              });
    }
    return ordered;
  }

  /** A mix of both, so that each conversation has its own order of servers. */
  private static long weight(long conversation, Upstream server) {
    long mixed = conversation ^ (server.id() * 0x9E3779B97F4A7C15L);
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
