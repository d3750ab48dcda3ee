package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out, before anything starts, who already listens where we want to. */
public final class BusyPorts {
  private static final String LISTENING = "0A";

  private BusyPorts() {}

  /**
   * Throws an error that names each taken port, how to move it, and who has it if that is known.
   */
  public static void refuse(Ports ports) {
    var complaints = new ArrayList<String>();
    for (Ports.Name name : Ports.Name.values()) {
      int port = ports.of(name);
      if (isTaken(port)) {
        String owner = owner(port).map(who -> " by " + who).orElse("");
        complaints.add("port %d is taken%s; set %s".formatted(port, owner, name.variable()));
      }
    }
    if (!complaints.isEmpty()) {
      throw new IllegalStateException(String.join("; ", complaints));
    }
  }

  private static boolean isTaken(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** The process that listens there, as far as Linux tells this user. */
  private static Optional<String> owner(int port) {
    String local = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .flatMap(table -> lines(Path.of(table)).stream())
        .map(line -> line.strip().split("\\s+", -1))
        .filter(row -> row.length > 9 && row[1].endsWith(local) && row[3].equals(LISTENING))
        .findFirst()
        .flatMap(row -> holderOf("socket:[" + row[9] + "]"));
  }

  private static Optional<String> holderOf(String socket) {
    return ProcessHandle.allProcesses()
        .filter(process -> holds(process, socket))
        .findFirst()
        .map(p -> "pid " + p.pid() + p.info().command().map(c -> " (" + c + ")").orElse(""));
  }

  private static boolean holds(ProcessHandle process, String socket) {
    Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
    try (Stream<Path> files = Files.list(descriptors)) {
      return files.anyMatch(file -> linkIs(file, socket));
    } catch (IOException | UncheckedIOException e) {
      return false; // ended meanwhile, or somebody else's
    }
  }

  private static boolean linkIs(Path file, String target) {
    try {
      return Files.readSymbolicLink(file).toString().equals(target);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
