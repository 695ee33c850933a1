package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.snapshot.Pems;
import dev.lintel.tls.SelfMadeCertificate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ResourceLeakDetector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A certificate that is rotated again and again, now and then to one that is none, while clients
/// come: each makes one full handshake and one request.
class CertificateRotationSlowIT {
  private static final int ROTATIONS = 200;
  private static final int EVERY_MILLIS = 100;
  private static final int CONNECTIONS_PER_SECOND = 200;
  private static final int BROKEN_ONE_OF = 10;
  private static final long VISIBLE_MILLIS = 1_000;

  /// A single one may have to wait for a processor that other tests use.
  private static final long LATE_MILLIS = 5_000;

  private static final byte[] REQUEST =
      ("GET / HTTP/1.1\r\nHost: " + Served.HOST + "\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  /// When each certificate was written, and when a client saw it first.
  private final Map<String, Long> written = new ConcurrentHashMap<>();

  private final Map<String, Long> seen = new ConcurrentHashMap<>();

  @BeforeAll
  static void trackNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  private static String fingerprint(byte[] certificate) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
  }

  private final class Visitor extends ChannelInboundHandlerAdapter {
    private final StringBuilder answer = new StringBuilder();

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (!handshake.isSuccess()) {
          failures.add(String.valueOf(handshake.cause()));
          return;
        }
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        byte[] shown = ssl.engine().getSession().getPeerCertificates()[0].getEncoded();
        seen.putIfAbsent(fingerprint(shown), System.nanoTime());
        ctx.writeAndFlush(ctx.alloc().buffer(REQUEST.length).writeBytes(REQUEST));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      answer.append(new String(ByteBufUtil.getBytes(bytes), StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      String all = answer.toString();
      if (all.startsWith("HTTP/1.1 200 ") && all.endsWith("\r\n\r\nok")) {
        answered.incrementAndGet();
      } else {
        failures.add("an answer of " + all.length() + " bytes");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause.toString());
      ctx.close();
    }
  }

  private static Pems fresh() {
    return Pems.of(SelfMadeCertificate.issue(Instant.now(), Served.HOST));
  }

  @Test
  void noConnectionFailsWhileCertificatesComeAndGo(@TempDir Path folder) throws Exception {
    SslContext tls = ManyClients.tls("http/1.1");
    ((OpenSslSessionContext) tls.sessionContext()).setSessionCacheEnabled(false);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    long begin;
    try (OkBackend backend = new OkBackend();
        Served lintel = new Served(folder, backend.port());
        ManyClients clients = new ManyClients()) {
      begin = System.nanoTime();
      clock.scheduleAtFixedRate(
          () -> {
            started.incrementAndGet();
            clients.connect(lintel.httpsPort(), tls, Visitor::new);
          },
          0,
          1_000_000 / CONNECTIONS_PER_SECOND,
          TimeUnit.MICROSECONDS);
      Pems last = rotate(lintel);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (!seen.containsKey(print(last)) && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      clock.shutdown();
      assertThat(clock.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
      double seconds = (System.nanoTime() - begin) / 1e9;
      awaitQuiet();
      report(seconds);
      assertThat(failures).isEmpty();
      assertThat(answered.get()).isEqualTo(started.get());
      assertThat(started.get() / seconds).isGreaterThan(0.9 * CONNECTIONS_PER_SECOND);
      assertThat(seen).containsKey(print(last));
      List<Long> delays = delays();
      assertThat(delays.get(delays.size() * 95 / 100)).isLessThan(VISIBLE_MILLIS);
      assertThat(delays.getLast()).isLessThan(LATE_MILLIS);
    } finally {
      clock.shutdownNow();
    }
  }

  /// @return the last good certificate
  private Pems rotate(Served lintel) throws Exception {
    Pems last = fresh();
    for (int i = 0; i < ROTATIONS; i++) {
      Pems next = fresh();
      boolean broken = i % BROKEN_ONE_OF == BROKEN_ONE_OF / 2;
      if (broken) {
        lintel.certificate(new Pems(next.material(), next.certificate(), last.key()));
      } else {
        written.put(print(next), System.nanoTime());
        lintel.certificate(next);
        last = next;
      }
      Thread.sleep(EVERY_MILLIS);
    }
    return last;
  }

  private static String print(Pems pems) throws Exception {
    return fingerprint(pems.material().leaf().getEncoded());
  }

  private void awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (answered.get() + failures.size() < started.get() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  /// From the rename to the first client that was shown it, in milliseconds, the shortest first.
  private List<Long> delays() {
    List<Long> delays = new ArrayList<>();
    written.forEach(
        (certificate, when) -> {
          Long first = seen.get(certificate);
          if (first != null) {
            delays.add((first - when) / 1_000_000);
          }
        });
    delays.sort(null);
    return delays;
  }

  private void report(double seconds) {
    List<Long> delays = delays();
    System.out.printf(
        "%d rotations, %d of them to a pair that does not match; %d connections, %.0f/s, %d failed;"
            + " %d of %d certificates seen, after %d ms in the median and %d ms at the most%n",
        ROTATIONS,
        ROTATIONS / BROKEN_ONE_OF,
        started.get(),
        started.get() / seconds,
        started.get() - answered.get(),
        delays.size(),
        written.size(),
        delays.get(delays.size() / 2),
        delays.getLast());
  }
}
