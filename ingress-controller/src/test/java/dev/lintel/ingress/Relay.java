package dev.lintel.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/// One address before several servers, as a load balancer of TCP is one: each connection goes to
/// the server that is set when it comes. A client's memory of sessions goes by the address.
final class Relay implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());

  /// The port of the server that the next connection goes to.
  volatile int target;

  Relay() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> copy(client, server));
        Thread.ofVirtual().start(() -> copy(server, client));
      } catch (SocketException _) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException _) {
      // one side is gone, and now both are
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
