package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Requests for the pages that go with a status.
class PageRequestWriterTest {
  private static final ConnectionTail TAIL = new ConnectionTail("192.0.2.7", 80, false);

  private static String written(String request) {
    RequestHead head = new RequestHead();
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(RequestScanner.scan(in, 0, in.length, head, true)).isEqualTo(ScanResult.COMPLETE);
    new RequestIds().assign(head);
    byte[] fields = Octets.ascii("X-Namespace: shop\r\n");
    byte[] out = new byte[PageRequestWriter.most(head, TAIL, fields)];
    int end = PageRequestWriter.write(head, TAIL, 404, fields, out);
    return new String(out, 0, end, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aPageIsAskedForWithTheClientsFieldsAndWhatItIsAbout() {
    String peer =
        "X-Real-IP: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Port: 80\r\n"
            + "X-Forwarded-Proto: http\r\nX-Forwarded-Scheme: http\r\nX-Scheme: http\r\n";
    assertThat(
            written(
                "POST http://a.test/x%20y?z HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n"
                    + "Authorization: Basic x\r\nContent-Length: 5\r\nContent-Type: a/b\r\n"
                    + "If-None-Match: x\r\nif-match: y\r\nRange: bytes=0-1\r\nX-Code: 1\r\n"
                    + "x-service-name: z\r\nX-A: 1\r\nX-Request-ID: k\r\nExpect: 100-continue\r\n\r\n"))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\nX-A: 1\r\nX-Request-ID: k\r\n"
                + "X-Forwarded-Host: a.test\r\n"
                + peer
                + "X-Code: 404\r\nX-Format: text/html\r\nX-Original-URI: /x%20y?z\r\n"
                + "X-Namespace: shop\r\n\r\n");
  }

  @Test
  void headStaysHead() {
    assertThat(written("HEAD /a HTTP/1.1\r\nHost: a.test\r\n\r\n"))
        .startsWith("HEAD / HTTP/1.1\r\nHost: a.test\r\n")
        .contains("X-Original-URI: /a\r\n")
        .doesNotContain("X-Format");
  }
}
