package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// An ordinary exchange of heads leaves nothing for the collector.
class MessageAllocationTest {
  private static final int REQUESTS = 20_000;

  private final RequestHead head = new RequestHead();
  private final ResponseHead answer = new ResponseHead();
  private final HeaderEdits edits = new HeaderEdits();
  private final RequestIds ids = new RequestIds();
  private final ConnectionTail tail = new ConnectionTail("192.0.2.7", 443, true);
  private final byte[] out = new byte[8192];
  private final byte[] value = Octets.ascii("v");
  private final HeaderName extra = HeaderName.of("X-Extra");
  private final byte[] request =
      ("POST /a/%20b/./c?d=1 HTTP/1.1\r\nHost: A.test\r\nCookie: a=1\r\nContent-Length: 5\r\n"
              + "X-Forwarded-For: 6.6.6.6\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n\r\n")
          .getBytes(StandardCharsets.ISO_8859_1);
  private final byte[] response =
      "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 5\r\nServer: s\r\n\r\n"
          .getBytes(StandardCharsets.ISO_8859_1);

  private int exchange() {
    ScanResult there = RequestScanner.scan(request, 0, request.length, head, true);
    ids.assign(head);
    edits.clear();
    edits.set(extra, value);
    int written =
        UpstreamHeadWriter.write(head, tail, head.wirePath(), edits, RequestForm.KEPT, out, 0);
    ScanResult back = ResponseScanner.scan(response, 0, response.length, answer, false);
    answer.set(extra, value);
    written += ResponseHeadWriter.write(answer, true, false, Upgrade.NONE, value, out, 0);
    return there == ScanResult.COMPLETE && back == ScanResult.COMPLETE ? written : 0;
  }

  @Test
  void headsAreForwardedWithoutAllocating() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(exchange() > 0).isTrue();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    long written = 0;
    for (int i = 0; i < REQUESTS; i++) {
      written += exchange();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(written).isPositive();
    assertThat(allocated / REQUESTS).isZero();
  }
}
