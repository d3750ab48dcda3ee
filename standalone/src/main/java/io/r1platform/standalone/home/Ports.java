package io.r1platform.standalone.home;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;

/**
 * The ports of one installation, all on 127.0.0.1.
 *
 * @param byName one port, 1 to 65535, for each name
 */
public record Ports(Map<Name, Integer> byName) {
  /** What listens, with its default and the environment variable that moves it. */
  public enum Name {
    /** The public API and the console. */
    API(8080),
    /** Health and metrics of api-service. */
    API_MANAGEMENT(8081),
    /** The engine's own OpenAI-compatible server. */
    INFERENCE(8090),
    /** Health and metrics of inference-service. */
    INFERENCE_MANAGEMENT(8091),
    /** Usage intake and reports. */
    BILLING(8070),
    /** Health and metrics of billing-service. */
    BILLING_MANAGEMENT(8071),
    /** The embedded PostgreSQL. */
    POSTGRES(15432);

    private final int standard;

    Name(int standard) {
      this.standard = standard;
    }

    /** For instance {@code R1_API_PORT}. */
    public String variable() {
      return "R1_" + name() + "_PORT";
    }
  }

  /** Checks that each name has one port and no two share one. */
  public Ports {
    byName = Map.copyOf(byName);
    for (Name name : Name.values()) {
      Integer port = byName.get(name);
      if (port == null || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(name.variable() + " must be a port, not " + port);
      }
    }
    if (byName.values().stream().distinct().count() != byName.size()) {
      throw new IllegalArgumentException("two parts have the same port: " + byName);
    }
  }

  /** The defaults with the environment's {@code R1_…_PORT} variables over them. */
  public static Ports from(Map<String, String> environment) {
    var ports = new EnumMap<Name, Integer>(Name.class);
    for (Name name : Name.values()) {
      String text = environment.getOrDefault(name.variable(), "");
      try {
        ports.put(name, text.isBlank() ? name.standard : Integer.parseInt(text.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            name.variable() + " must be a port, not '" + text + "'", e);
      }
    }
    return new Ports(ports);
  }

  /** Ports that nobody listened on a moment ago. */
  public static Ports free() {
    var sockets = new ArrayList<ServerSocket>();
    var ports = new EnumMap<Name, Integer>(Name.class);
    try {
      for (Name name : Name.values()) {
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.put(name, socket.getLocalPort());
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return new Ports(ports);
    } catch (IOException e) {
      throw new UncheckedIOException("no free ports", e);
    }
  }

  /** The same with another port for one name. */
  public Ports with(Name name, int port) {
    var ports = new EnumMap<Name, Integer>(byName);
    ports.put(name, port);
    return new Ports(ports);
  }

  /** The port of a name. */
  public int of(Name name) {
    Integer port = byName.get(name);
    if (port == null) {
      throw new IllegalStateException("no port for " + name);
    }
    return port;
  }

  /** For instance {@code http://127.0.0.1:8080}. */
  public String url(Name name) {
    return "http://127.0.0.1:" + of(name);
  }

  /** JDBC URL of the platform's database, without credentials. */
  public String databaseUrl() {
    return "jdbc:postgresql://127.0.0.1:" + of(Name.POSTGRES) + "/r1";
  }
}
