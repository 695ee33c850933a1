package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.edge.h2.H2Connection;
import dev.lintel.proxy.edge.h2.H2Edge;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.SelfMadeCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.TlsPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of HTTP/2 to the product, without a socket, and the route behind it: what the
/// first letter of a request's path says is answered at once, with much, or later.
///
/// The loop serves all connections, one after the other: what one leaves behind (a timer, a
/// request, a byte of memory) is seen.
final class FrameStand {
  static final CannedResponse SMALL = CannedResponse.page(200);
  static final CannedResponse EMPTY = CannedResponse.empty(204);

  /// More than a stream's first window.
  static final CannedResponse LARGE =
      CannedResponse.of(200, "a/b".getBytes(US_ASCII), new byte[70_000]);

  private static final CannedResponse[] ANSWERS = {SMALL, EMPTY, LARGE};
  private static final UnpooledByteBufAllocator MEMORY = UnpooledByteBufAllocator.DEFAULT;
  private static final EmbeddedChannel CARRIER = new EmbeddedChannel();
  private static final Loop LOOP = new Loop(0, CARRIER.eventLoop(), Transport.portable());
  private static final LoopTraffic TRAFFIC =
      new LoopTraffic(LOOP, AccessLog.off(), new Metrics(MetricsOptions.of("", "", "")));
  private static final ServerState SERVER = new ServerState(config(), 1_000);
  private static final List<Held> HELD = new ArrayList<>();
  private static final List<String> PATHS = new ArrayList<>();

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final long before = memory();

  /// A request that is answered later.
  private record Held(Exchange exchange, int since) {}

  private static ProxyConfig config() {
    Route route =
        new Route(
            RouteLabels.NONE,
            new RequestFilter[] {FrameStand::onRequest},
            new ResponseFilter[0],
            null,
            RouteSettings.DEFAULT,
            null);
    CertificateIndex certificates =
        CertificateIndex.builder(
                new SslContexts(TicketKeys.random())
                    .of(SelfMadeCertificate.issue(Instant.now()), TlsPolicy.INTERMEDIATE))
            .build();
    return new ProxyConfig(
        1, RoutingTable.builder(route).build(), certificates, ProxySettings.DEFAULT);
  }

  private static Verdict onRequest(Exchange exchange) {
    String path = exchange.request().path().toString();
    PATHS.add(path);
    if (path.startsWith("/held")) {
      HELD.add(new Held(exchange, exchange.suspend()));
      return Verdict.SUSPENDED;
    }
    exchange.respond(path.startsWith("/large") ? LARGE : SMALL);
    return Verdict.RESPONDED;
  }

  FrameStand() {
    HELD.clear();
    PATHS.clear();
    ClientAddress address = ClientAddress.of(InetAddress.getLoopbackAddress());
    new H2Edge(1)
        .begin(channel.pipeline(), SERVER, new ClientConnection(TRAFFIC, address, 1, false, 80, 1));
  }

  boolean isOpen() {
    return channel.isActive();
  }

  /// Paths of the requests that came as far as the route.
  List<String> paths() {
    return PATHS;
  }

  /// How many requests wait for their answer.
  int held() {
    return HELD.size();
  }

  /// Bytes come from the client, `step` in one read; 0 for all.
  void receive(byte[] bytes, int step) {
    int most = step == 0 ? Math.max(1, bytes.length) : step;
    for (int at = 0; at < bytes.length && isOpen(); at += most) {
      int length = Math.min(most, bytes.length - at);
      channel.writeInbound(MEMORY.heapBuffer(length).writeBytes(bytes, at, length));
    }
    run();
  }

  /// Answers a request that waits.
  void answer(int which, int kind) {
    Held held = HELD.remove(which % HELD.size());
    held.exchange()
        .resume(
            held.since(),
            exchange -> {
              exchange.respond(ANSWERS[kind % ANSWERS.length]);
              return Verdict.RESPONDED;
            });
    run();
  }

  /// The client's socket takes no more, or takes bytes again.
  void writable(boolean takes) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, takes);
    run();
  }

  /// The proxy wants to end.
  void drain() {
    channel.pipeline().get(H2Connection.class).discourageReuse();
    run();
  }

  /// The second GOAWAY is due.
  void passTime() {
    CARRIER.advanceTimeBy(2, TimeUnit.SECONDS);
    CARRIER.runScheduledPendingTasks();
    run();
  }

  private void run() {
    do {
      CARRIER.runPendingTasks();
      channel.runPendingTasks();
    } while (CARRIER.hasPendingTasks() || channel.hasPendingTasks());
    channel.checkException();
    CARRIER.checkException();
  }

  /// The next bytes that went to the client; null where there are no more.
  byte @Nullable [] sent() {
    ByteBuf out = channel.readOutbound();
    if (out == null) {
      return null;
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    out.release();
    return bytes;
  }

  /// Bytes of buffers in use for this connection.
  long inUse() {
    return memory() - before;
  }

  /// Bytes of all buffers in use.
  static long memory() {
    return MEMORY.metric().usedHeapMemory() + MEMORY.metric().usedDirectMemory();
  }

  /// The client is gone; nothing of it may be left.
  void end() {
    close();
    run();
    passTime();
    channel.finishAndReleaseAll();
    HeadTarget.same("requests in flight at the end", 0, TRAFFIC.inFlight());
    HeadTarget.same("bytes of buffers not released", 0L, inUse());
    HeadTarget.same("timers that hold on to it", 0, LOOP.timers().size());
  }

  /// The same where something was found: the next connection begins with nothing.
  void abandon() {
    close();
    CARRIER.runPendingTasks();
    channel.finishAndReleaseAll();
  }

  /// Not by way of the pipeline, which would wait for requests in flight.
  private void close() {
    channel.unsafe().close(channel.voidPromise());
  }
}
