package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the heads of one stream of HTTP/2 cost: a browser's request, unpacked and read, and its
/// response, written and packed. All but the first request of a connection: what can be in the
/// tables is.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FieldsBenchmark {
  private static final String RESPONSE =
      "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          + "Content-Type: application/json\r\nContent-Length: 100\r\nConnection: keep-alive\r\n"
          + "ETag: \"5f-abc\"\r\nCache-Control: private\r\n\r\n";

  private final H2FieldsDecoder decoder = new H2FieldsDecoder();
  private final H2HeadReader reader = new H2HeadReader();
  private final H2HeadWriter writer = new H2HeadWriter();
  private final Http2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(H2HeadWriter.NOT_INDEXED, true);
  private final byte[] scratch = new byte[Loop.SCRATCH];
  private final byte[] date = RESPONSE.substring(38, 67).getBytes(StandardCharsets.US_ASCII);
  private final RequestHead head = new RequestHead();
  private final ResponseHead answer = new ResponseHead();
  private final ByteBuf out = Unpooled.directBuffer(4096);
  private ByteBuf block = Unpooled.EMPTY_BUFFER;
  private Http2Headers list = request();

  private static Http2Headers request() {
    H2Fields list = new H2Fields();
    list.method("GET").scheme("https").path("/api/v1/items/2381/pictures?page=2&sort=price");
    list.authority("shop.example.com");
    list.add("sec-ch-ua", "\"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"");
    list.add("sec-ch-ua-mobile", "?0");
    list.add(
        "user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537");
    list.add("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    list.add("sec-fetch-site", "same-origin").add("sec-fetch-mode", "navigate");
    list.add("referer", "https://shop.example.com/api/v1/items");
    list.add("accept-encoding", "gzip, deflate, br, zstd");
    list.add("accept-language", "de-DE,de;q=0.9,en;q=0.8");
    list.add("cookie", "session=4f8a9b3c2d1e0f4f8a9b3c2d1e0f").add("cookie", "theme=dark");
    return list.add("cookie", "_ga=GA1.2.1234567.123456");
  }

  /// Fills both tables.
  @Setup
  public void fill() throws Http2Exception {
    Http2HeadersEncoder client =
        new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    ByteBuf first = Unpooled.buffer();
    client.encodeHeaders(1, list, first);
    decoder.decodeHeaders(1, first);
    block = Unpooled.directBuffer();
    client.encodeHeaders(3, list, block);
    list = decoder.decodeHeaders(3, block.duplicate());
    byte[] text = RESPONSE.getBytes(StandardCharsets.US_ASCII);
    if (ResponseScanner.scan(text, 0, text.length, answer, false) != ScanResult.COMPLETE
        || reader.read(list, true, scratch, head) != null) {
      throw new IllegalStateException("not read");
    }
  }

  /// From a block of fields to the list of them.
  @Benchmark
  public Http2Headers unpackRequest() throws Http2Exception {
    return decoder.decodeHeaders(3, block.duplicate());
  }

  /// From the list to a head of HTTP/1.1, validated.
  @Benchmark
  public Malformed readRequest() {
    return reader.read(list, true, scratch, head);
  }

  /// From a response's head to the list.
  @Benchmark
  public Http2Headers writeResponse() {
    return writer.write(answer, date);
  }

  /// And on to the block.
  @Benchmark
  public int packResponse() throws Http2Exception {
    out.clear();
    encoder.encodeHeaders(3, writer.write(answer, date), out);
    return out.writerIndex();
  }
}
