package dev.lintel.proxy.differential;

import dev.lintel.proxy.differential.StrictParser.BrokenRequest;
import dev.lintel.proxy.differential.StrictParser.Request;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Phaser;

/// A server that reads with the strict parser, keeps what came by the address of the client that
/// the proxy names, and writes into each answer what it answers.
final class StrictUpstream implements AutoCloseable {
  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Map<String, List<Request>> requests = new ConcurrentHashMap<>();
  private final Phaser serving = new Phaser(1);

  /// What the proxy may never send: bytes that are no request.
  final List<String> faults = new CopyOnWriteArrayList<>();

  StrictUpstream() throws IOException {
    listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /// What arrived for a client, in order.
  List<Request> of(String client) {
    return requests.getOrDefault(client, List.of());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        serving.register();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      StrictParser parser = new StrictParser(new BufferedInputStream(socket.getInputStream()));
      Request request;
      while ((request = parser.next()) != null) {
        List<String> client = request.values("x-real-ip");
        if (client.size() != 1) {
          faults.add("a request for the clients " + client + ": " + request);
          return;
        }
        requests.computeIfAbsent(client.getFirst(), _ -> new CopyOnWriteArrayList<>()).add(request);
        String answer =
            "HTTP/1.1 200 OK\r\nX-Seen: %s\r\nContent-Length: 2\r\n\r\n%s"
                .formatted(Comparison.mark(request), request.method().equals("HEAD") ? "" : "ok");
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (BrokenRequest e) {
      faults.add(e.getMessage());
    } catch (EOFException _) {
      // The proxy broke a request off: none that counts.
    } catch (IOException _) {
      // The proxy is gone.
    } finally {
      serving.arriveAndDeregister();
    }
  }

  /// Waits until all that was sent here is read; the proxy has closed its connections.
  void awaitEnd() throws InterruptedException, java.util.concurrent.TimeoutException {
    serving.awaitAdvanceInterruptibly(serving.arrive(), 10, java.util.concurrent.TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
