package dev.lintel.ingress;

import dev.lintel.ingress.link.EmptyConfig;
import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyServer;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the hot path before real requests do, so that the first of them meet compiled code.
///
/// It is a second small proxy in this process, on loopback ports of its own and with an upstream of
/// its own: nothing of it shows in the real one's routes, log or metrics, and the code is the same.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int MOST_REQUESTS = 4_000;
  private static final int REQUESTS_OF_ONE_CONNECTION = 200;
  private static final byte[] REQUEST =
      ("GET /warm-up?a=b HTTP/1.1\r\nHost: warm-up.localhost\r\nUser-Agent: lintel\r\n"
              + "Accept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RESPONSE =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 256\r\n"
              + "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n"
              + "-".repeat(256))
          .getBytes(StandardCharsets.US_ASCII);

  private final long deadline;

  private WarmUp(Duration limit) {
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  /// Warms up for at most `limit`; a failure only means that it stays cold.
  static void run(KeyMaterial certificate, Duration limit) {
    try (ServerSocket backend = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      new WarmUp(limit).run(certificate, backend);
    } catch (SocketTimeoutException _) {
      LOG.debug("the time for the warm-up was up before an answer came");
    } catch (IOException | AddressInUse | GeneralSecurityException | RuntimeException e) {
      LOG.warn("the warm-up did not work", e);
    }
  }

  private void run(KeyMaterial certificate, ServerSocket backend)
      throws IOException, AddressInUse, GeneralSecurityException {
    Thread.ofVirtual().start(() -> accept(backend));
    Upstream upstream = new Upstream("warm-up", UpstreamSettings.DEFAULT, Guard.NONE);
    upstream.endpoints(
        new EndpointSet(
            List.of(
                new Endpoint(
                    new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), backend.getLocalPort()))),
            false));
    try (Observation nobody = Observation.silent();
        SslContexts contexts = new SslContexts(TicketKeys.random());
        ProxyServer proxy = nobody.serve(EmptyConfig.all(contexts, certificate, upstream))) {
      SSLContext trusting = trusting();
      int sent = 0;
      while (sent < MOST_REQUESTS && hasTime()) {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), proxy.httpPort())) {
          sent += converse(plain);
        }
        try (Socket tls =
            trusting
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.httpsPort())) {
          sent += converse(tls);
        }
      }
      LOG.debug("warmed up with {} requests", sent);
      upstream.close(); // while the loops that hold its connections still run
    }
  }

  private boolean hasTime() {
    return System.nanoTime() - deadline < 0;
  }

  private int converse(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[8_192];
    int sent = 0;
    while (sent < REQUESTS_OF_ONE_CONNECTION && hasTime()) {
      socket.getOutputStream().write(REQUEST);
      if (!readUntilBody(in, buffer)) {
        break;
      }
      sent++;
    }
    return sent;
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

  /// The certificate was made a moment ago in this process: there is nothing to verify.
  private static SSLContext trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new TrustsAnything()}, null);
    return context;
  }

  private static final class TrustsAnything implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
