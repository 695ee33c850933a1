package dev.lintel.ingress;

import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A real upstream over TLS, or without it for those who do not begin it, that tells in each answer
/// what it saw: `connection=3 protocol=TLSv1.3 sni=a.test client=CN=joe resumed=false`.
///
/// `/echo` opens a tunnel that gives back what it gets. `/until-close` is answered without a
/// length, up to the orderly end of the connection, and `/cut` up to an end that TLS knows nothing
/// of.
final class TlsUpstream implements AutoCloseable {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final int HANDSHAKE = 0x16;

  private final ServerSocket server;
  private final SSLContext context;
  private final String[] protocols;
  private final boolean asks;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final AtomicInteger tunnelsEnded = new AtomicInteger();
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /// @param clients whose clients it takes; null where it asks for no certificate
  TlsUpstream(Issued certificate, @Nullable TestAuthority clients, String... protocols)
      throws Exception {
    this("127.0.0.1", 0, certificate, clients, protocols);
  }

  TlsUpstream(
      String address,
      int port,
      Issued certificate,
      @Nullable TestAuthority clients,
      String... protocols)
      throws Exception {
    context = context(certificate, clients);
    asks = clients != null;
    this.protocols = protocols;
    server = new ServerSocket();
    server.bind(new InetSocketAddress(address, port));
    Thread.ofVirtual().start(this::accept);
  }

  private static SSLContext context(Issued certificate, @Nullable TestAuthority clients)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "own", certificate.key(), PASSWORD, certificate.chain().toArray(Certificate[]::new));
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry(
        "ca", clients == null ? certificate.chain().getFirst() : clients.certificate());
    trusted.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  int port() {
    return server.getLocalPort();
  }

  /// How many connections there were.
  int connections() {
    return connections.get();
  }

  /// How many of them failed in the handshake, as far as this side knows.
  int faults() {
    return faults.get();
  }

  /// How many tunnels ended in order.
  int tunnelsEnded() {
    return tunnelsEnded.get();
  }

  /// The heads of all requests.
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.add(socket);
        Thread.ofVirtual().start(() -> serve(socket, connections.incrementAndGet()));
      }
    } catch (IOException _) {
      // the test is over
    }
  }

  private void serve(Socket plain, int number) {
    try (plain) {
      plain.setTcpNoDelay(true);
      int first = plain.getInputStream().read();
      if (first < 0) {
        return;
      }
      InputStream seen = new ByteArrayInputStream(new byte[] {(byte) first});
      if (first != HANDSHAKE) {
        converse(plain, plain, (char) first + "", "connection=" + number + " protocol=none");
        return;
      }
      try (SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, seen, true)) {
        socket.setUseClientMode(false);
        socket.setNeedClientAuth(asks);
        if (protocols.length > 0) {
          socket.setEnabledProtocols(protocols);
        }
        long begin = System.currentTimeMillis();
        socket.startHandshake();
        converse(plain, socket, "", "connection=" + number + described(socket, begin));
      }
    } catch (SSLException _) {
      faults.incrementAndGet();
    } catch (SocketException _) {
      // the other side is gone
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String described(SSLSocket socket, long begin) {
    ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
    String name =
        session.getRequestedServerNames().stream()
            .map(each -> new String(each.getEncoded(), StandardCharsets.US_ASCII))
            .findFirst()
            .orElse("none");
    Principal client = null;
    try {
      client = session.getPeerPrincipal();
    } catch (SSLPeerUnverifiedException _) {
      // it showed none
    }
    boolean resumed = session.getCreationTime() < begin - 200;
    return " protocol="
        + session.getProtocol()
        + " sni="
        + name
        + " client="
        + (client == null ? "none" : client.getName())
        + " resumed="
        + resumed;
  }

  /// @param plain the socket below, to be cut
  private void converse(Socket plain, Socket socket, String begun, String text) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    String before = begun;
    while (true) {
      String head = head(in, before);
      before = "";
      if (head.isEmpty()) {
        return;
      }
      requests.add(head);
      body(in, head);
      String path = head.split(" ", 3)[1];
      if (path.equals("/echo")) {
        echo(in, out);
        return;
      }
      if (path.equals("/until-close") || path.equals("/cut")) {
        out.write(bytes("HTTP/1.1 200 OK\r\n\r\n" + text + "\n"));
        out.flush();
        if (path.equals("/cut")) {
          plain.close();
        }
        return;
      }
      String answer = text + "\n";
      out.write(
          bytes("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer));
      out.flush();
    }
  }

  /// Opens a tunnel and gives back what comes through it, up to an end that TLS knows of.
  private void echo(InputStream in, OutputStream out) throws IOException {
    out.write(
        bytes(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "\r\n"));
    out.flush();
    for (int b = in.read(); b >= 0; b = in.read()) {
      out.write(b);
      out.flush();
    }
    tunnelsEnded.incrementAndGet();
  }

  private static String head(InputStream in, String begun) throws IOException {
    StringBuilder head = new StringBuilder(begun);
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private static void body(InputStream in, String head) throws IOException {
    for (String line : head.split("\r\n")) {
      if (line.startsWith("Content-Length: ")) {
        in.readNBytes(Integer.parseInt(line.substring(16)));
      } else if (line.equals("Transfer-Encoding: chunked")) {
        StringBuilder body = new StringBuilder();
        while (!body.toString().endsWith("0\r\n\r\n")) {
          body.append((char) in.read());
        }
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : accepted) {
      each.close();
    }
  }
}
