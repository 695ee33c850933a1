package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UpstreamHeadWriterTest {
  private static final ConnectionTail TAIL = new ConnectionTail("192.0.2.7", 443, true);
  private static final String PEER =
      "X-Real-IP: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Port: 443\r\n"
          + "X-Forwarded-Proto: https\r\nX-Forwarded-Scheme: https\r\nX-Scheme: https\r\n";

  private static final String UPGRADE =
      "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  private final RequestHead head = new RequestHead();
  private final HeaderEdits edits = new HeaderEdits();

  private String written(String request) {
    return written(request, RequestForm.KEPT);
  }

  private String written(String request, RequestForm form) {
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(RequestScanner.scan(in, 0, in.length, head, true))
        .as(request)
        .isEqualTo(ScanResult.COMPLETE);
    new RequestIds().assign(head);
    byte[] out = new byte[UpstreamHeadWriter.most(head, TAIL, head.wirePath(), edits)];
    int end = UpstreamHeadWriter.write(head, TAIL, head.wirePath(), edits, form, out, 0);
    return new String(out, 0, end, StandardCharsets.ISO_8859_1);
  }

  @Test
  void ordinaryFieldsGoOnAsTheyCame() {
    assertThat(
            written(
                "GET /a/./b%20c?d=%2e HTTP/1.1\r\nhOst:  a.test:8443 \r\nX-A: 1\r\nX-B:2\r\n"
                    + "X-Request-ID: abc-1\r\nAlt-Svc: h3\r\n\r\n"))
        .isEqualTo(
            "GET /a/b%20c?d=%2e HTTP/1.1\r\nhOst:  a.test:8443 \r\nX-A: 1\r\nX-B:2\r\n"
                + "Alt-Svc: h3\r\nX-Request-ID: abc-1\r\nX-Forwarded-Host: a.test:8443\r\n"
                + PEER
                + "\r\n");
  }

  @Test
  void theUpstreamIsToldOfItsLastRequest() {
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", RequestForm.LAST))
        .startsWith("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nX-Request-ID: ");
    assertThat(written(UPGRADE, RequestForm.LAST))
        .contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
        .doesNotContain("close");
    edits.set(HeaderName.of("Connection"), new byte[] {'x'});
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", RequestForm.LAST))
        .contains("\r\nConnection: x\r\n")
        .doesNotContain("close");
  }

  @Test
  void http10KnowsNoChunksAndNoOtherProtocol() {
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", RequestForm.OLD))
        .startsWith("GET / HTTP/1.0\r\nHost: a.test\r\nX-Request-ID: ");
    assertThat(written(UPGRADE, RequestForm.OLD)).doesNotContain("pgrade");
    assertThat(
            written(
                "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\n", RequestForm.OLD))
        .contains("\r\nContent-Length: 3\r\n");
    assertThat(
            written(
                "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n",
                RequestForm.OLD))
        .doesNotContain("Transfer-Encoding")
        .doesNotContain("Content-Length");
  }

  @Test
  void aLengthTakesThePlaceOfTheEmptyLine() {
    byte[] out = new byte[64];
    int end = UpstreamHeadWriter.writeLength(1234, out, 0);

    assertThat(new String(out, 0, end, StandardCharsets.ISO_8859_1))
        .isEqualTo("Content-Length: 1234\r\n\r\n");
  }

  @Test
  void whatAClientSaysOfItselfIsReplaced() {
    assertThat(
            written(
                "GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nHost: a.test\r\nForwarded: for=6.6.6.6\r\n"
                    + "X-Real-IP: 6.6.6.6\r\nx-forwarded-for: 7.7.7.7\r\nX-Forwarded-Proto: http\r\n"
                    + "X-Forwarded-Prefix: /evil\r\nX-Original-URI: /admin\r\nX-Rewrite-URL: /admin\r\n"
                    + "X-Original-Method: PUT\r\nssl-client-verify: SUCCESS\r\nSSL-Client-Foo: x\r\n"
                    + "Client-Cert: x\r\nProxy: http://6.6.6.6\r\nX-Scheme: http\r\nX-Forwarded-Client-Cert: x\r\n"
                    + "X_Real_IP: 6.6.6.6\r\nX.Forwarded.For: 6\r\nX-Request-ID: k\r\nX-HTTP-Method-Override: DELETE\r\n\r\n"))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: a.test\r\nX-HTTP-Method-Override: DELETE\r\n"
                + "X-Request-ID: k\r\nX-Forwarded-Host: a.test\r\n"
                + PEER
                + "X-Original-Forwarded-For: 6.6.6.6, 7.7.7.7\r\n\r\n");
  }

  @Test
  void oddNamesGoOnWhereTheyMayAndAreNoNamesOfOurs() {
    String request =
        "GET / HTTP/1.1\r\nHost: a.test\r\nX_A: 1\r\nX.B: 2\r\nX_Real_IP: 6\r\n"
            + "Transfer_Encoding: chunked\r\nX_Forwarded_Prefix: /\r\nssl_client.verify: x\r\n\r\n";
    assertThat(written(request)).startsWith("GET / HTTP/1.1\r\nHost: a.test\r\nX-Request-ID: ");
    head.fieldNames(FieldNames.WITH_UNDERSCORES);
    assertThat(written(request))
        .startsWith("GET / HTTP/1.1\r\nHost: a.test\r\nX_A: 1\r\nX-Request-ID: ");
    head.fieldNames(FieldNames.ANY);
    assertThat(written(request))
        .startsWith("GET / HTTP/1.1\r\nHost: a.test\r\nX_A: 1\r\nX.B: 2\r\nX-Request-ID: ");
  }

  @Test
  void hopByHopFieldsEndHere() {
    assertThat(
            written(
                "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close, X-Secret, Cookie\r\nX-Secret: 1\r\n"
                    + "Cookie: s=1\r\nKeep-Alive: 5\r\nTE: trailers\r\nTrailer: X\r\nProxy-Connection: x\r\n"
                    + "Proxy-Authenticate: x\r\nUpgrade: h2c\r\nX-Request-ID: k\r\nX-Forwarded-For2: x\r\n\r\n"))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: a.test\r\nX-Request-ID: k\r\nX-Forwarded-Host: a.test\r\n"
                + PEER
                + "\r\n");
  }

  @Test
  void bodiesAreFramedAnew() {
    assertThat(
            written(
                "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length:\t005\r\nExpect: 100-continue\r\n\r\n"))
        .contains("\r\nContent-Length: 5\r\n")
        .doesNotContain("Expect", "005");
    assertThat(written("POST / HTTP/1.1\r\nHost: a.test\r\ntransfer-encoding: Chunked\r\n\r\n"))
        .contains("\r\nTransfer-Encoding: chunked\r\n")
        .doesNotContain("transfer-encoding");
    assertThat(written("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n"))
        .contains("\r\nContent-Length: 0\r\n");
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")).doesNotContain("Content-Length");
  }

  @Test
  void webSocketsAskForTheirUpgrade() {
    assertThat(
            written(
                "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket, h2c\r\n"
                    + "Sec-WebSocket-Key: x\r\n\r\n"))
        .contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "Sec-WebSocket-Key: x")
        .doesNotContain("h2c");
  }

  @Test
  void unfitRequestIdsAreMadeAnew() {
    for (String unfit : new String[] {"a b", "a\"b", "a\\b", "", "x".repeat(129), "\u00e4"}) {
      String text =
          written("GET / HTTP/1.1\r\nHost: a.test\r\nX-Request-ID: " + unfit + "\r\n\r\n");
      assertThat(text).containsPattern("\r\nX-Request-ID: [0-9a-f]{32}\r\n");
      assertThat(text.split("X-Request-ID", -1)).hasSize(2);
    }
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"))
        .containsPattern("\r\nX-Request-ID: [0-9a-f]{32}\r\n");
  }

  @Test
  void idsDiffer() {
    RequestIds ids = new RequestIds();
    java.util.Set<String> seen = new java.util.HashSet<>();
    byte[] in = Octets.ascii("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    for (int i = 0; i < 10_000; i++) {
      RequestScanner.scan(in, 0, in.length, head, false);
      ids.assign(head);
      assertThat(seen.add(head.requestId().toString())).isTrue();
    }
  }

  @Test
  void editsReplaceAddAndRemove() {
    edits.set(HeaderNames.HOST, Octets.ascii("inner.test"));
    edits.set(HeaderName.of("X-A"), Octets.ascii("new"));
    edits.add(HeaderName.of("X-B"), Octets.ascii("second"));
    edits.remove(HeaderNames.AUTHORIZATION);
    assertThat(
            written(
                "GET / HTTP/1.1\r\nHost: a.test\r\nx-a: 1\r\nX-B: first\r\nAuthorization: Basic x\r\nX-A: 2\r\nX-Request-ID: k\r\n\r\n"))
        .isEqualTo(
            "GET / HTTP/1.1\r\nX-B: first\r\nX-Request-ID: k\r\nX-Forwarded-Host: a.test\r\n"
                + PEER
                + "Host: inner.test\r\nX-A: new\r\nX-B: second\r\n\r\n");
    edits.clear();
    assertThat(written("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\n\r\n")).contains("X-A: 1");
  }

  @Test
  void aRequestWithoutHostGetsAnEmptyOne() {
    assertThat(written("GET / HTTP/1.0\r\nX-Request-ID: k\r\n\r\n"))
        .startsWith("GET / HTTP/1.1\r\nHost: \r\nX-Request-ID: k\r\n");
  }
}
