package io.r1platform.standalone.overspend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Replicas 1, 2, … of api-service, so many in each of some processes. One that has its process to
 * itself is killed by SIGKILL, one among others by cutting it off from PostgreSQL and billing; both
 * start anew under the same id.
 */
final class Fleet implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final String classPath;
  private final Map<String, String> settings;
  private final List<Integer> sizes;
  private final Map<Integer, Integer> processOf = new HashMap<>();
  private final Map<Integer, ReplicaProcess> processes = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ports = new ConcurrentHashMap<>();

  Fleet(String classPath, Map<String, String> settings, List<Integer> sizes) {
    this.classPath = classPath;
    this.settings = Map.copyOf(settings);
    this.sizes = List.copyOf(sizes);
    int replica = 1;
    for (int process = 0; process < sizes.size(); process++) {
      for (int i = 0; i < sizes.get(process); i++) {
        processOf.put(replica++, process);
      }
    }
  }

  int size() {
    return processOf.size();
  }

  int processes() {
    return sizes.size();
  }

  /** Starts the first replica, which migrates the database, then the others. */
  void start() throws IOException {
    start(1).join();
    List<CompletableFuture<?>> others = new ArrayList<>();
    for (int replica = 2; replica <= size(); replica++) {
      others.add(start(replica));
    }
    CompletableFuture.allOf(others.toArray(CompletableFuture<?>[]::new)).join();
  }

  /** Where a replica listens; null while it does not. */
  @Nullable Integer port(int replica) {
    return ports.get(replica);
  }

  boolean isWhole() {
    return ports.size() == size();
  }

  /** Kills a replica. */
  void kill(int replica) {
    ports.remove(replica);
    int process = Objects.requireNonNull(processOf.get(replica));
    if (sizes.get(process) == 1) {
      Objects.requireNonNull(processes.remove(process)).kill();
    } else {
      Objects.requireNonNull(processes.get(process)).cut(replica).join();
    }
  }

  /** Starts a replica, or starts it anew. */
  CompletableFuture<?> start(int replica) throws IOException {
    int process = Objects.requireNonNull(processOf.get(replica));
    ReplicaProcess in = processes.get(process);
    if (in == null) {
      String memory = sizes.get(process) > 2 ? "2500m" : "400m";
      in = new ReplicaProcess(classPath, memory, "process-" + process);
      processes.put(process, in);
    }
    Map<String, String> own = new HashMap<>(settings);
    own.put("r1.api.metering.replica-id", Integer.toString(replica));
    return in.start(replica, JSON.writeValueAsString(own))
        .thenAccept(port -> ports.put(replica, port));
  }

  /** Stops a replica as planned. */
  void stop(int replica) {
    ports.remove(replica);
    int process = Objects.requireNonNull(processOf.get(replica));
    Objects.requireNonNull(processes.get(process)).stop(replica).join();
  }

  @Override
  public void close() {
    processes.values().forEach(ReplicaProcess::kill);
  }
}
