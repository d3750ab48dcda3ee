package io.r1platform.standalone.overspend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A child process of {@link ReplicasMain} and the answers that it owes. */
final class ReplicaProcess {
  private final Process process;
  private final Writer commands;
  private final Map<String, CompletableFuture<String>> owed = new ConcurrentHashMap<>();

  ReplicaProcess(String classPath, String memory, String name) throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Jars.java(),
                    "-Xmx" + memory,
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classPath,
                    ReplicasMain.class.getName()))
            .redirectError(Jars.home().resolve(name + ".log").toFile())
            .start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(() -> read(answers));
  }

  private void read(BufferedReader answers) {
    answers.lines().forEach(this::take);
    owed.values().forEach(each -> each.completeExceptionally(new IOException("it died")));
  }

  private void take(String line) {
    String[] words = line.split(" ", 3);
    if (words[0].equals("failed")) {
      owed("ready " + words[1]).completeExceptionally(new IOException(line));
    } else {
      owed(words[0] + " " + words[1]).complete(words.length < 3 ? "" : words[2]);
    }
  }

  private CompletableFuture<String> owed(String answer) {
    return owed.computeIfAbsent(answer, key -> new CompletableFuture<>());
  }

  /** Its port, once it is ready. */
  CompletableFuture<Integer> start(int replica, String settings) {
    return say("start " + replica + " " + settings, "ready " + replica).thenApply(Integer::valueOf);
  }

  /** Cuts a replica off from everything. */
  CompletableFuture<String> cut(int replica) {
    return say("kill " + replica, "killed " + replica);
  }

  /** Stops a replica as planned. */
  CompletableFuture<String> stop(int replica) {
    return say("stop " + replica, "stopped " + replica);
  }

  private CompletableFuture<String> say(String command, String answer) {
    CompletableFuture<String> future = new CompletableFuture<>();
    owed.put(answer, future);
    try {
      synchronized (commands) {
        commands.write(command + "\n");
        commands.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return future;
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }
}
