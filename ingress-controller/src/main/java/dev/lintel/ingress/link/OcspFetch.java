package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.ThisMachine;
import dev.lintel.tls.RevocationInquiry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// Asks a responder of OCSP, over HTTP/1.0 and without following redirects. Blocks: not for event
/// loops.
///
/// Who writes a certificate chooses its responder: an address of this pod, its node or its link is
/// refused where that is wanted, and it is the very address that was looked at that is connected
/// to.
final class OcspFetch {
  private static final int HTTP_PORT = 80;
  private static final int LONGEST_ANSWER = 16 * 1024;
  private static final int BUFFER = 4096;

  private final boolean refusesLocal;
  private final Duration patience;

  /// @param patience for connecting and for each read, and thrice as much for all of it
  OcspFetch(boolean refusesLocal, Duration patience) {
    this.refusesLocal = refusesLocal;
    this.patience = patience;
  }

  /// The body of the answer, which nobody has judged yet.
  ///
  /// @throws IOException with a message for people
  byte[] answer(RevocationInquiry inquiry) throws IOException {
    URI to = inquiry.responder();
    String host = to.getHost();
    if (!"http".equalsIgnoreCase(to.getScheme()) || host == null || to.getUserInfo() != null) {
      throw new IOException("the responder is no http URL");
    }
    int port = to.getPort() < 0 ? HTTP_PORT : to.getPort();
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress address = InetAddress.getByName(name);
    if (refusesLocal
        && (ThisMachine.has(address) || NetworkInterface.getByInetAddress(address) != null)) {
      throw new IOException("the responder " + host + " is an address of this host: refused");
    }
    long end = System.nanoTime() + 3 * patience.toNanos();
    int millis = (int) patience.toMillis();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write(request(to, host + ":" + port, inquiry.request()));
      return body(read(socket.getInputStream(), end));
    }
  }

  private static byte[] request(URI to, String host, byte[] body) {
    String path = to.getRawPath() == null || to.getRawPath().isEmpty() ? "/" : to.getRawPath();
    String query = to.getRawQuery() == null ? "" : "?" + to.getRawQuery();
    String head =
        "POST "
            + path
            + query
            + " HTTP/1.0\r\nHost: "
            + host
            + "\r\nContent-Type: application/ocsp-request\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(body);
    return out.toByteArray();
  }

  /// Up to the end of the connection: HTTP/1.0 has no other one that is certain.
  private static byte[] read(InputStream in, long end) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      out.write(buffer, 0, length);
      if (out.size() > LONGEST_ANSWER) {
        throw new IOException("the answer is longer than " + LONGEST_ANSWER + " bytes");
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("the answer takes too long");
      }
    }
    return out.toByteArray();
  }

  private static byte[] body(byte[] answer) throws IOException {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int head = text.indexOf("\r\n\r\n");
    if (head < 0 || !text.startsWith("HTTP/1.")) {
      throw new IOException("the answer is not HTTP");
    }
    String status = text.substring(0, text.indexOf('\r'));
    if (!status.matches("HTTP/1\\.[01] 200( .*)?")) {
      throw new IOException("the answer is not 200");
    }
    String fields = text.substring(0, head).toLowerCase(Locale.ROOT);
    if (fields.contains("\r\ntransfer-encoding:")) {
      throw new IOException("the answer is encoded in a way that HTTP/1.0 has not");
    }
    return Arrays.copyOfRange(answer, head + 4, answer.length);
  }
}
