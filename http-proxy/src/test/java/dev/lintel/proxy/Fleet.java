package dev.lintel.proxy;

import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Backends of one upstream, some of them at fault, that enter every request into a ledger. Each is
/// known by its place in the order in which they were added.
final class Fleet implements AutoCloseable {
  private static final String ID = "x-request-id";

  private final int version;
  private final Ledger ledger;
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  private final Map<H2Backend.Connection, Integer> newest = new ConcurrentHashMap<>();

  /// Of servers of HTTP/`version`.
  Fleet(int version, Ledger ledger) {
    this.version = version;
    this.ledger = ledger;
  }

  EndpointSet endpoints() {
    return new EndpointSet(List.copyOf(endpoints), false);
  }

  /// The same with a loopback port beside them.
  EndpointSet with(int port) {
    List<Endpoint> more = new ArrayList<>(endpoints);
    more.add(new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    return new EndpointSet(more, false);
  }

  /// The same without one.
  EndpointSet without(int backend) {
    List<Endpoint> left = new ArrayList<>(endpoints);
    left.remove(backend);
    return new EndpointSet(left, false);
  }

  Fleet healthy(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int number = endpoints.size();
      add(
          (request, _, out) -> out.write(Backend.ok(Ledger.answer(number, request.field(ID)))),
          stream -> stream.ok(Ledger.answer(number, stream.field(ID))));
    }
    return this;
  }

  /// Closes each connection without a word when no request came for a time after an answer, of so
  /// many milliseconds at most.
  Fleet forgetful(int count, int mostMillis) throws IOException {
    for (int i = 0; i < count; i++) {
      int number = endpoints.size();
      add(
          (request, socket, out) -> {
            // Nobody tells when the next request is too late: reading ends, and with it the socket.
            socket.setSoTimeout(1 + ThreadLocalRandom.current().nextInt(mostMillis));
            out.write(Backend.ok(Ledger.answer(number, request.field(ID))));
          },
          stream -> {
            // An answer that has begun is never cut.
            synchronized (stream.connection) {
              newest.put(stream.connection, stream.id);
            }
            stream.ok(Ledger.answer(number, stream.field(ID)));
            Thread.sleep(1 + ThreadLocalRandom.current().nextInt(mostMillis));
            synchronized (stream.connection) {
              if (newest.get(stream.connection) == stream.id) {
                stream.connection.cut();
              }
            }
          });
    }
    return this;
  }

  /// Answers such shares, in percent, of its requests with 503, with garbage and with half a body,
  /// over HTTP/1.1.
  Fleet unreliable(int busy, int garbled, int cut) throws IOException {
    int number = endpoints.size();
    add(
        (request, socket, out) -> {
          int chance = ThreadLocalRandom.current().nextInt(100);
          if (chance < busy) {
            Fault.ANSWERS_503.http1(socket, out);
          } else if (chance < busy + garbled) {
            Fault.SPEAKS_GARBAGE.http1(socket, out);
          } else if (chance < busy + garbled + cut) {
            Fault.SENDS_HALF_A_BODY.http1(socket, out);
          } else {
            out.write(Backend.ok(Ledger.answer(number, request.field(ID))));
          }
        },
        _ -> {
          throw new IllegalStateException("not over HTTP/2");
        });
    return this;
  }

  Fleet faulty(Fault fault) throws IOException {
    if (fault.isHeardOf()) {
      add((_, socket, out) -> fault.http1(socket, out), fault::http2);
    } else {
      ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
      endpoints.add(new Endpoint((InetSocketAddress) server.getLocalSocketAddress()));
      servers.add(server);
      if (fault == Fault.REFUSES) {
        server.close();
      } else {
        Thread.ofVirtual().start(() -> reset(server));
      }
    }
    return this;
  }

  private static void reset(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.setSoLinger(true, 0);
        }
      }
    } catch (IOException _) {
      // closed by the test
    }
  }

  private void add(Backend.Script http1, H2Backend.Script http2) throws IOException {
    int number = endpoints.size();
    if (version == 2) {
      H2Backend made =
          new H2Backend(
              stream -> {
                ledger.seen(stream.field(ID), number);
                http2.answer(stream);
              });
      endpoints.add(made.endpoint());
      servers.add(made);
    } else {
      Backend made =
          new Backend(
              (request, socket, out) -> {
                ledger.seen(request.field(ID), number);
                http1.answer(request, socket, out);
              });
      endpoints.add(made.endpoint());
      servers.add(made);
    }
  }

  /// Ends one, with all its connections.
  void kill(int backend) throws Exception {
    servers.get(backend).close();
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable server : servers) {
      server.close();
    }
  }
}
