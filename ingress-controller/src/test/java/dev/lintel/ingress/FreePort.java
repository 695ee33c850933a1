package dev.lintel.ingress;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for what is started with a number. They are below those that the kernel gives to clients:
/// other tests have many of these, and one that was let go may be theirs before it is used again.
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int BEHIND = 30_000;

  private FreePort() {}

  /// One on which nobody listens at any address.
  public static int tcp() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(any())) {
        return socket.getLocalPort();
      } catch (BindException _) {
        // taken
      }
    }
  }

  /// The same for datagrams.
  public static int udp() throws IOException {
    while (true) {
      try (DatagramSocket socket = new DatagramSocket(any())) {
        return socket.getLocalPort();
      } catch (BindException _) {
        // taken
      }
    }
  }

  private static int any() {
    return ThreadLocalRandom.current().nextInt(FIRST, BEHIND);
  }
}
