package io.r1platform.api.keys;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a key may do.
 *
 * @param scopes what it opens; none only if all that it has are a later version's
 * @param models names of the models that it may use, up to 100; null for those of its project
 * @param networks where its requests may come from, up to 100; anywhere if there is none
 */
public record Rights(Set<Scope> scopes, @Nullable Set<String> models, List<Network> networks) {
  /** What runs and what its project used, every model of the project, from anywhere. */
  public static final Rights USUAL =
      new Rights(EnumSet.of(Scope.INFERENCE, Scope.BATCH, Scope.USAGE_READ), null, List.of());

  private static final int MOST = 100;

  public Rights {
    require(
        models == null || (!models.isEmpty() && models.size() <= MOST),
        "models",
        "A key has 1 to 100 models; without a value it may use those of its project.");
    require(networks.size() <= MOST, "networks", "A key has up to 100 networks.");
    require(
        scopes.stream().map(Scope::isAdmin).distinct().count() <= 1,
        "scopes",
        "A key that manages runs nothing: admin:read and admin:write come without other scopes.");
    scopes = Set.copyOf(scopes);
    models = models == null ? null : Set.copyOf(models);
    networks = networks.stream().distinct().toList();
  }

  /** Whether the key opens the admin API. */
  public boolean manages() {
    return scopes.stream().anyMatch(Scope::isAdmin);
  }

  /** Whether the key opens the invoices of its organization. */
  public boolean readsInvoices() {
    return scopes.contains(Scope.INVOICES_READ);
  }

  /** Whether a request may come from here; null is nowhere. */
  boolean allows(@Nullable InetAddress address) {
    return networks.isEmpty()
        || (address != null && networks.stream().anyMatch(network -> network.contains(address)));
  }

  String[] scopeNames() {
    return scopes.stream().sorted().map(Scope::wire).toArray(String[]::new);
  }

  String @Nullable [] modelNames() {
    return models == null ? null : new TreeSet<>(models).toArray(String[]::new);
  }

  String[] networkNames() {
    return networks.stream().map(Network::toString).toArray(String[]::new);
  }

  /** Reads what the database has. A scope that only a later version knows opens nothing here. */
  static Rights of(String[] scopes, String @Nullable [] models, String[] networks) {
    return new Rights(
        Stream.of(scopes).flatMap(name -> Scope.of(name).stream()).collect(Collectors.toSet()),
        models == null ? null : Set.copyOf(List.of(models)),
        Stream.of(networks).map(Network::parse).toList());
  }

  private static void require(boolean holds, String param, String message) {
    if (!holds) {
      throw ServiceException.about(ErrorCode.INVALID_VALUE, param, message);
    }
  }
}
