package io.r1platform.standalone.overspend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a local server that can be cut for good: who came through it reaches nobody any more, as
 * a killed process does.
 */
final class TcpLink {
  private final ServerSocket door;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  TcpLink(int targetPort) throws IOException {
    target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
    door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  void cut() {
    cut = true;
    closeQuietly(door);
    sockets.forEach(TcpLink::closeQuietly);
  }

  private void accept() {
    while (!cut) {
      try {
        Socket near = keep(door.accept());
        Socket far = keep(new Socket());
        far.connect(target);
        Thread.ofVirtual().start(() -> pump(near, far));
        Thread.ofVirtual().start(() -> pump(far, near));
      } catch (IOException e) {
        if (!cut && door.isClosed()) {
          return;
        }
      }
    }
  }

  private Socket keep(Socket socket) throws IOException {
    sockets.add(socket);
    if (cut) {
      socket.close();
      throw new IOException("cut");
    }
    socket.setTcpNoDelay(true);
    return socket;
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // The other direction ends with it.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
