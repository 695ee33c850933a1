package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How much memory peers can make the proxy hold that are slow, or large, or both: measured at the
/// allocator that all buffers of connections come from.
@ExtendWith(LeakCheck.class)
@Isolated
class BufferBoundSlowIT {
  /// So many peers do it at a time, so that what one more costs is not lost in the allocator's own
  /// reserve.
  private static final int PEERS = 64;

  /// What may wait for a peer that does not take it (32 KiB, and 32 KiB at its socket), two reads
  /// of a socket (64 KiB each).
  private static final long MOST_EACH = 192 * 1024;

  /// The same of a stream that an upstream answers: two windows of 64 KiB, of the upstream and of
  /// frames that its socket holds in parts, and what the allocator rounds up.
  private static final long MOST_OF_FRAMES = 384 * 1024;

  /// What the allocator keeps of the past, of tests before this one as well.
  private static final long RESERVE = 6L << 20;

  private static final int BODY = 100_000_000;
  private static final int PIECE = 64 * 1024;
  private static final int SMALL_BUFFER = 8 * 1024;
  private static final int RESPONSE = 60_000;

  private static final byte[] NOTHING_MUCH = new byte[PIECE];

  private final ByteBufAllocatorMetric memory =
      ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger answered = new AtomicInteger();
  private TestProxy proxy;

  @AfterEach
  void stop() throws Exception {
    over.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
    for (int i = 0; i < 500 && proxy.server.connections() > 0; i++) {
      Thread.sleep(10);
    }
    proxy.close();
  }

  private void start(int version, Endpoint endpoint) throws Exception {
    UpstreamSettings settings = UpstreamSettings.DEFAULT;
    proxy = new TestProxy(version == 1 ? settings : settings.over(H2Multiplexing.CLEAR));
    proxy.upstream.endpoints(new EndpointSet(List.of(endpoint), false));
    proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true);
    proxy.apply();
  }

  private <T extends AutoCloseable> T opened(T peer) {
    open.add(peer);
    return peer;
  }

  private TestClient client() throws IOException {
    Socket socket = opened(new Socket());
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.server.httpPort()));
    return opened(new TestClient(socket));
  }

  /// With windows that no response fills: only the socket holds it back.
  private RawH2 wideClient() throws IOException {
    byte[] window = ByteBuffer.allocate(6).putShort((short) 4).putInt(1 << 30).array();
    RawH2 raw = opened(new RawH2(proxy.server.httpPort(), window));
    raw.window(0, 1 << 30);
    return raw;
  }

  private static void send(OutputStream out, int bytes) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (int sent = 0; sent < bytes; sent += PIECE) {
                  out.write(NOTHING_MUCH);
                }
              } catch (IOException _) {
                // Held back until the end of the test.
              }
            });
  }

  /// What all buffers take, free chunks of the allocator included, once that does not grow any
  /// more.
  private long settled() throws InterruptedException {
    long most = 0;
    int same = 0;
    for (int i = 0; i < 200 && same < 10; i++) {
      Thread.sleep(100);
      long now = memory.usedDirectMemory();
      same = now > most ? 0 : same + 1;
      most = Math.max(most, now);
    }
    System.out.println(
        "memory of buffers for " + PEERS + " peers: " + most + ", each " + most / PEERS);
    return most;
  }

  private static void large(OutputStream out) throws IOException {
    out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n"));
    for (int sent = 0; sent < BODY; sent += PIECE) {
      out.write(NOTHING_MUCH);
    }
  }

  private Endpoint largeUpstream(int version) throws IOException {
    if (version == 1) {
      return opened(new Backend((_, _, out) -> large(out))).endpoint();
    }
    H2Backend backend =
        new H2Backend(
            stream -> {
              stream.headers(false, ":status", "200");
              for (int sent = 0; sent < BODY; sent += PIECE) {
                stream.data(false, NOTHING_MUCH);
              }
            });
    return opened(backend).endpoint();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2"})
  void aResponseThatNobodyTakesStaysSmall(int client, int upstream) throws Exception {
    start(upstream, largeUpstream(upstream));
    for (int i = 0; i < PEERS; i++) {
      if (client == 1) {
        client().send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      } else {
        wideClient().headers(1, true, RawH2.get("/"));
      }
    }
    long most = upstream == 1 ? MOST_EACH : MOST_OF_FRAMES;
    assertThat(settled()).isLessThan(RESERVE + PEERS * most);
  }

  /// A server that takes connections and no bytes.
  private Endpoint stuckUpstream(int version) throws IOException {
    if (version == 2) {
      H2Backend backend = new H2Backend(_ -> over.await());
      backend.takes = false;
      return opened(backend).endpoint();
    }
    ServerSocket listener = opened(new ServerSocket());
    listener.setReceiveBufferSize(SMALL_BUFFER);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  opened(listener.accept());
                }
              } catch (IOException _) {
                // Closed by the test.
              }
            });
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2"})
  void aBodyThatTheUpstreamDoesNotTakeStaysSmall(int client, int upstream) throws Exception {
    start(upstream, stuckUpstream(upstream));
    for (int i = 0; i < PEERS; i++) {
      if (client == 1) {
        TestClient one = client();
        one.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + BODY + "\r\n\r\n");
        send(one.socket.getOutputStream(), BODY);
      } else {
        RawH2 raw = opened(new RawH2(proxy.server.httpPort()));
        raw.headers(1, false, RawH2.post("/"));
        // The whole window that the stream has.
        for (int sent = 0; sent + 16_384 <= 65_535; sent += 16_384) {
          raw.send(RawH2.DATA, 0, 1, new byte[16_384]);
        }
      }
    }
    assertThat(settled()).isLessThan(RESERVE + PEERS * MOST_EACH);
  }

  @Test
  void requestsSentAheadWaitForTheirResponsesToBeTaken() throws Exception {
    start(
        1,
        opened(
                new Backend(
                    (_, _, out) -> {
                      answered.incrementAndGet();
                      out.write(Backend.ok("x".repeat(RESPONSE)));
                    }))
            .endpoint());
    String ahead = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(900);
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      TestClient client = client();
      client.send(ahead);
      clients.add(client);
    }
    assertThat(settled()).isLessThan(RESERVE + PEERS * MOST_EACH);
    // Whoever takes them in the end gets all of them.
    for (int i = 0; i < 900; i++) {
      assertThat(clients.getFirst().read().body()).hasSize(RESPONSE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100000000", "Transfer-Encoding: chunked"})
  void whatComesBehindARefusalIsThrownAway(String framing) throws Exception {
    start(1, opened(Backend.saying("ok")).endpoint());
    proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 1_000, 3, false, 0, true);
    proxy.apply();
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      TestClient client = client();
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\n" + framing + "\r\n\r\n5f5e100\r\n");
      send(client.socket.getOutputStream(), BODY);
      clients.add(client);
    }
    assertThat(settled()).isLessThan(RESERVE + PEERS * MOST_EACH);
    for (TestClient client : clients) {
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void trailersWithoutAnEndAreRefused() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    start(
        1,
        opened(
                new Backend(
                    (_, _, out) -> {
                      asked.incrementAndGet();
                      out.write(
                          Backend.bytes(
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                                  + "0\r\n"));
                      while (over.getCount() > 0) {
                        out.write(Backend.bytes("x-more: " + "y".repeat(4_000) + "\r\n"));
                      }
                    }))
            .endpoint());
    for (int i = 0; i < PEERS; i++) {
      TestClient upload = client();
      upload.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
      ByteArrayOutputStream fields = new ByteArrayOutputStream();
      for (int field = 0; field < 500; field++) {
        fields.writeBytes(Backend.bytes("x-more: " + "y".repeat(4_000) + "\r\n"));
      }
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  upload.send(fields.toByteArray());
                } catch (IOException _) {
                  // Refused before its end.
                }
              });
      client().send("GET / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
    }
    assertThat(settled()).isLessThan(RESERVE + PEERS * MOST_EACH);
    assertThat(asked.get()).isPositive();
  }
}
