package dev.lintel.ingress.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A TCP relay to a port of loopback that can forget the connections it has, as a load balancer on
/// the way does: they stay open and nothing passes any more. New ones work.
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final List<Flow> flows = new CopyOnWriteArrayList<>();

  private static final class Flow {
    final Socket client;
    final Socket server;
    volatile boolean forgotten;

    Flow(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }
  }

  Relay(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void forgetConnections() {
    flows.forEach(flow -> flow.forgotten = true);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Flow flow = new Flow(client, new Socket(InetAddress.getLoopbackAddress(), target));
        flows.add(flow);
        Thread.ofVirtual().start(() -> copy(flow, flow.client, flow.server));
        Thread.ofVirtual().start(() -> copy(flow, flow.server, flow.client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private static void copy(Flow flow, Socket from, Socket to) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!flow.forgotten) {
          out.write(buffer, 0, read);
        }
      }
      if (!flow.forgotten) {
        to.close();
      }
    } catch (IOException _) {
      // either side has gone
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Flow flow : flows) {
      flow.client.close();
      flow.server.close();
    }
  }
}
