package dev.lintel.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one head costs: read from the client, written for the upstream, and the same on the way
/// back.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class HeadBenchmark {
  private static final String SMALL =
      "GET /api/v1/items?page=2 HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
  private static final String BROWSER =
      "GET /api/v1/items/2381/pictures?page=2&sort=price HTTP/1.1\r\n"
          + "Host: shop.example.com\r\n"
          + "Connection: keep-alive\r\n"
          + "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n"
          + "sec-ch-ua-mobile: ?0\r\n"
          + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537\r\n"
          + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
          + "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n"
          + "Referer: https://shop.example.com/api/v1/items\r\n"
          + "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: de-DE,de;q=0.9,en;q=0.8\r\n"
          + "Cookie: session=4f8a9b3c2d1e0f4f8a9b3c2d1e0f; theme=dark; _ga=GA1.2.1234567.123456\r\n"
          + "\r\n";
  private static final String ESCAPED =
      "GET /api/./v1/it%65ms//2381/../pict%75res?page=2 HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
  private static final String RESPONSE =
      "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          + "Content-Type: application/json\r\nContent-Length: 100\r\nConnection: keep-alive\r\n"
          + "ETag: \"5f-abc\"\r\nCache-Control: private\r\n\r\n";

  @Param({"small", "browser", "escaped"})
  String request = "";

  private byte[] in = {};
  private byte[] response = {};
  private final byte[] out = new byte[8192];
  private final byte[] date = "Sun, 06 Nov 1994 08:49:37 GMT".getBytes(StandardCharsets.US_ASCII);
  private final RequestHead head = new RequestHead();
  private final ResponseHead answer = new ResponseHead();
  private final HeaderEdits edits = new HeaderEdits();
  private final RequestIds ids = new RequestIds();
  private final ConnectionTail tail = new ConnectionTail("192.0.2.17", 443, true);

  /// Fills the bytes.
  @Setup
  public void fill() {
    String text =
        switch (request) {
          case "small" -> SMALL;
          case "browser" -> BROWSER;
          default -> ESCAPED;
        };
    in = text.getBytes(StandardCharsets.ISO_8859_1);
    response = RESPONSE.getBytes(StandardCharsets.ISO_8859_1);
    if (RequestScanner.scan(in, 0, in.length, head, false) != ScanResult.COMPLETE) {
      throw new IllegalStateException(String.valueOf(head.malformed()));
    }
    ids.assign(head);
  }

  /// Scan and validate the request.
  @Benchmark
  public ScanResult scanRequest() {
    return RequestScanner.scan(in, 0, in.length, head, false);
  }

  /// Write it for the upstream.
  @Benchmark
  public int writeRequest() {
    return UpstreamHeadWriter.write(head, tail, head.wirePath(), edits, RequestForm.KEPT, out, 0);
  }

  /// Both, with a new id.
  @Benchmark
  public int forwardRequest() {
    RequestScanner.scan(in, 0, in.length, head, false);
    ids.assign(head);
    return UpstreamHeadWriter.write(head, tail, head.wirePath(), edits, RequestForm.KEPT, out, 0);
  }

  /// Scan, validate and write the response.
  @Benchmark
  public int forwardResponse() {
    ResponseScanner.scan(response, 0, response.length, answer, false);
    return ResponseHeadWriter.write(answer, true, false, Upgrade.NONE, date, out, 0);
  }
}
