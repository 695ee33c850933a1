package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.ResourceLeakDetector;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a request that comes over HTTP/2 costs its loop in objects, from the frame to the upstream
/// and back.
class Http2AllocationIT {
  private static final int STREAMS = 16;
  private static final int WARM_ROUNDS = 600;
  private static final int ROUNDS = 300;
  private static final int MOST_BYTES = 3 * 1024;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private ResourceLeakDetector.Level level;
  private Backend backend;
  private TestProxy proxy;
  private int stream = 1;

  @BeforeEach
  void start() throws Exception {
    // Records of where buffers were touched would be most of what is counted.
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    backend = new Backend(Http2AllocationIT::answer);
    proxy = new TestProxy(backend);
    proxy.proxySettings = new ProxySettings(10_000, 60_000, 60_000, 75_000, 1_000, 1_000_000);
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
    ResourceLeakDetector.setLevel(level);
  }

  private static void answer(Backend.Request request, Socket socket, OutputStream out)
      throws Exception {
    out.write(
        Backend.bytes(
            "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 10\r\n\r\n0123456789"));
  }

  private byte[] head() throws Exception {
    Http2Headers fields =
        new DefaultHttp2Headers()
            .method("GET")
            .scheme("http")
            .path("/b100")
            .authority("a.test")
            .add("user-agent", "test/1.0")
            .add("accept", "*/*");
    ByteBuf block = Unpooled.buffer();
    encoder.encodeHeaders(stream, fields, block);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    return bytes;
  }

  private void round(RawH2 raw) throws Exception {
    for (int i = 0; i < STREAMS; i++) {
      raw.headers(stream, true, head());
      stream += 2;
    }
    for (int open = STREAMS; open > 0; ) {
      RawH2.Frame frame = raw.read();
      if (frame.type() == RawH2.DATA && frame.isLast()) {
        open--;
      }
    }
    raw.window(0, STREAMS * 10);
  }

  private long loopBytes() {
    long sum = 0;
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().contains("EventLoopGroup")) {
        sum += Math.max(0, threads.getThreadAllocatedBytes(each.threadId()));
      }
    }
    return sum;
  }

  @Test
  void aRequestAllocatesLittle() throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      for (int i = 0; i < WARM_ROUNDS; i++) {
        round(raw);
      }
      long before = loopBytes();
      for (int i = 0; i < ROUNDS; i++) {
        round(raw);
      }
      long each = (loopBytes() - before) / (ROUNDS * STREAMS);
      System.out.println("HTTP/2: " + each + " bytes a request");
      assertThat(each).isPositive().isLessThanOrEqualTo(MOST_BYTES);
    }
  }
}
