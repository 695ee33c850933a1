package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SideHeadWriterTest {
  private static final byte[] GET = Octets.ascii("GET");

  private final RequestHead head = new RequestHead();
  private final HeaderEdits edits = new HeaderEdits();

  private String written(String request) {
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(RequestScanner.scan(in, 0, in.length, head, true)).isEqualTo(ScanResult.COMPLETE);
    new RequestIds().assign(head);
    edits.set(HeaderNames.HOST, Octets.ascii("auth.test"));
    Slice target = Slice.of("/check?a=b");
    byte[] out = new byte[SideHeadWriter.most(head, GET, target, edits)];
    int end = SideHeadWriter.write(head, GET, target, edits, out, 0);
    return new String(out, 0, end, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theRequestLineIsAnotherAndTheFieldsGoAlong() {
    assertThat(
            written(
                "PUT /x?y HTTP/1.1\r\nHost: a.test\r\nCookie: s=1\r\nX-A:  1 \r\n"
                    + "X-Request-ID: k\r\nAuthorization: Basic x\r\n\r\n"))
        .isEqualTo(
            "GET /check?a=b HTTP/1.1\r\nCookie: s=1\r\nX-A:  1 \r\nAuthorization: Basic x\r\n"
                + "X-Request-ID: k\r\nHost: auth.test\r\n\r\n");
  }

  @Test
  void neitherABodyIsAnnouncedNorAnUpgrade() {
    assertThat(
            written(
                "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
                    + "X-Request-ID: k\r\n\r\n"))
        .isEqualTo("GET /check?a=b HTTP/1.1\r\nX-Request-ID: k\r\nHost: auth.test\r\n\r\n");
    assertThat(
            written(
                "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n"
                    + "X-Request-ID: k\r\n\r\n"))
        .isEqualTo("GET /check?a=b HTTP/1.1\r\nX-Request-ID: k\r\nHost: auth.test\r\n\r\n");
    assertThat(
            written(
                "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, X-B\r\nX-B: 1\r\n"
                    + "Upgrade: websocket\r\nX-Request-ID: k\r\n\r\n"))
        .isEqualTo("GET /check?a=b HTTP/1.1\r\nX-Request-ID: k\r\nHost: auth.test\r\n\r\n");
  }

  @Test
  void whatAClientSaysOfItselfIsNotPassedOn() {
    edits.set(HeaderNames.X_FORWARDED_FOR, Octets.ascii("192.0.2.7"));
    edits.set(HeaderName.of("X-Original-URL"), Octets.ascii("http://a.test/"));
    assertThat(
            written(
                "GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6\r\n"
                    + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Original-URL: /evil\r\n"
                    + "X-Original-URI: /evil\r\nX-Real-IP: 6.6.6.6\r\nssl-client-verify: SUCCESS\r\n"
                    + "Proxy: http://6\r\nX-Request-ID: k\r\n\r\n"))
        .isEqualTo(
            "GET /check?a=b HTTP/1.1\r\nX-Request-ID: k\r\nX-Forwarded-For: 192.0.2.7\r\n"
                + "X-Original-URL: http://a.test/\r\nHost: auth.test\r\n\r\n");
  }
}
