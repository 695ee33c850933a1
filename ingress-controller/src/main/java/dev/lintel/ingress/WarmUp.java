package dev.lintel.ingress;

import dev.lintel.ingress.link.EmptyConfig;
import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyServer;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.UpstreamTls;
import dev.lintel.tls.UpstreamTlsPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the hot path before real requests do, so that the first of them meet compiled code.
///
/// Two small proxies in this process, on loopback ports of their own and with upstreams of their
/// own: nothing of them shows in the real one's routes, log or metrics, and the code is the same.
/// The first one's upstream is the second one, by HTTP/2 over TLS, so that both sides of that are
/// run too, and no other TLS client has to get warm first.
///
/// How warm it gets must not hang on how fast the machine is today: what is asked for is a number
/// of requests, not a time. A pod that is ready while still cold takes many times as long for each
/// request, and where others compete for the core it never catches up with its queue.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final Duration CALM = Duration.ofSeconds(1);
  private static final int REQUESTS_OF_ONE_CONNECTION = 25;
  private static final int POST_EVERY = 4;
  private static final byte[] GET = request("GET", "", "");
  private static final byte[] POST = request("POST", "Content-Length: 64\r\n", "-".repeat(64));
  private static final byte[] RESPONSE =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 256\r\n"
              + "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n"
              + "-".repeat(256))
          .getBytes(StandardCharsets.US_ASCII);

  private final int enough;
  private final long deadline;
  private int sent;

  private WarmUp(int enough, Duration limit) {
    this.enough = enough;
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  /// Sends `enough` requests, for at most `limit`; a failure only means that it stays cold.
  static void run(KeyMaterial certificate, int enough, Duration limit) {
    try (ServerSocket backend = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      new WarmUp(enough, limit).run(certificate, backend);
    } catch (SocketTimeoutException _) {
      LOG.debug("the time for the warm-up was up before an answer came");
    } catch (IOException | AddressInUse | RuntimeException e) {
      LOG.warn("the warm-up did not work", e);
    }
  }

  private void run(KeyMaterial certificate, ServerSocket backend) throws IOException, AddressInUse {
    Thread.ofVirtual().start(() -> accept(backend));
    Upstream origin = upstream(UpstreamSettings.DEFAULT, backend.getLocalPort());
    try (Observation nobody = Observation.silent();
        SslContexts contexts = new SslContexts(TicketKeys.random());
        ProxyServer second = nobody.serve(EmptyConfig.all(contexts, certificate, origin))) {
      try {
        warm(nobody, contexts, certificate, second);
      } finally {
        calm(origin, second);
      }
    }
  }

  private void warm(
      Observation nobody, SslContexts contexts, KeyMaterial certificate, ProxyServer second)
      throws IOException, AddressInUse {
    UpstreamTls trusting = new UpstreamTls(UpstreamTlsPolicy.UNVERIFIED, true);
    try {
      // Few requests for each connection, because handshakes want to be warm as well.
      Upstream next =
          upstream(
              new UpstreamSettings(4, 60_000, REQUESTS_OF_ONE_CONNECTION, 3_600_000)
                  .over(H2Multiplexing.over(trusting)),
              second.httpsPort());
      try (ProxyServer first = nobody.serve(EmptyConfig.all(contexts, certificate, next))) {
        try {
          while (goesOn()) {
            converse(second.httpPort());
            converse(first.httpPort());
          }
          LOG.debug("warmed up with {} requests", sent);
        } finally {
          calm(next, first);
        }
      }
    } finally {
      trusting.retire();
    }
  }

  /// Ends connections and requests while the loops that hold them still run: what a loop leaves
  /// behind when it ends is never given back.
  private static void calm(Upstream upstream, ProxyServer proxy) {
    upstream.close();
    boolean interrupted = Thread.interrupted(); // the start was given up: no reason to hurry
    try {
      proxy.awaitIdle(CALM);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Upstream upstream(UpstreamSettings settings, int port) {
    Upstream upstream = new Upstream("warm-up", settings, Guard.NONE);
    Endpoint endpoint = new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    upstream.endpoints(new EndpointSet(List.of(endpoint), false));
    return upstream;
  }

  private boolean goesOn() {
    return sent < enough && System.nanoTime() - deadline < 0;
  }

  private void converse(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8_192];
      for (int i = 0; i < REQUESTS_OF_ONE_CONNECTION && goesOn(); i++) {
        socket.getOutputStream().write(i % POST_EVERY == POST_EVERY - 1 ? POST : GET);
        if (!readUntilBody(in, buffer)) {
          break;
        }
        sent++;
      }
    }
  }

  private static byte[] request(String method, String field, String body) {
    String head =
        method
            + " /warm-up?a=b HTTP/1.1\r\nHost: warm-up.localhost\r\nUser-Agent: lintel\r\n"
            + "Accept: */*\r\nAccept-Encoding: gzip\r\n"
            + field;
    return (head + "\r\n" + body).getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads one response; false where it is none of ours or the connection ended.
  private static boolean readUntilBody(InputStream in, byte[] buffer) throws IOException {
    int length = 0;
    int headEnd = -1;
    while (headEnd < 0 || length < headEnd + 256) {
      int read = in.read(buffer, length, buffer.length - length);
      if (read <= 0) {
        return false;
      }
      length += read;
      if (headEnd < 0) {
        headEnd = headEnd(buffer, length);
      }
    }
    return buffer[9] == '2';
  }

  private static int headEnd(byte[] buffer, int length) {
    for (int i = 3; i < length; i++) {
      if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static void accept(ServerSocket backend) {
    try {
      while (true) {
        Socket connection = backend.accept();
        Thread.ofVirtual().start(() -> answer(connection));
      }
    } catch (IOException _) {
      // closed: the warm-up is over
    }
  }

  private static void answer(Socket connection) {
    byte[] buffer = new byte[8_192];
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = connection.getInputStream();
      int length = 0;
      int read;
      while ((read = in.read(buffer, length, buffer.length - length)) > 0) {
        length += read;
        if (headEnd(buffer, length) > 0) {
          connection.getOutputStream().write(RESPONSE);
          length = 0;
        }
      }
    } catch (IOException _) {
      // the proxy closed its side
    }
  }
}
