package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.edge.h2.H2Connection;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
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
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Instant;

/// Frames of HTTP/2 from a client, in any order and with any content: nothing is thrown, what goes
/// out is whole frames and not much more than came in, and no request is left behind.
///
/// The input is read as frames with a short header (type, flags, stream, length), so that most of
/// what the fuzzer makes up gets past the framing.
public final class FrameTarget {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int HEADER = 9;
  private static final int SHORT_HEADER = 4;
  private static final int TYPES = 11;

  /// Answers of a request beyond the bytes that asked for it, and those of the connection.
  private static final int MOST_PER_FRAME = 1_024;

  private static final Transport TRANSPORT = Transport.best();
  private static final ServerState SERVER = new ServerState(config(), 1_000);

  private FrameTarget() {}

  private static ProxyConfig config() {
    CannedResponse ok = CannedResponse.page(200);
    RequestFilter answer =
        exchange -> {
          exchange.respond(ok);
          return Verdict.RESPONDED;
        };
    Route route =
        new Route(
            RouteLabels.NONE,
            new RequestFilter[] {answer},
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

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    EmbeddedChannel channel = new EmbeddedChannel();
    Loop loop = new Loop(0, channel.eventLoop(), TRANSPORT);
    Metrics metrics = new Metrics(MetricsOptions.of("", "", ""));
    LoopTraffic traffic = new LoopTraffic(loop, AccessLog.off(), metrics);
    ClientAddress address = ClientAddress.of(InetAddress.getLoopbackAddress());
    ClientConnection client = new ClientConnection(traffic, address, 1, false, 80, 1);
    H2Connection.begin(channel.pipeline(), SERVER, client);
    channel.writeInbound(Unpooled.wrappedBuffer(PREFACE), frame(4, 0, 0, new byte[0], 0, 0));
    int frames = send(input, channel);
    channel.runPendingTasks();
    channel.checkException();
    boolean open = channel.isActive();
    Planted.at(answered(channel, frames) > 1 && open);
    channel.close();
    channel.runPendingTasks();
    channel.finishAndReleaseAll();
    HeadTarget.same("requests in flight at the end", 0, traffic.inFlight());
  }

  private static int send(byte[] input, EmbeddedChannel channel) {
    int at = 0;
    int frames = 0;
    while (at + SHORT_HEADER <= input.length && channel.isActive()) {
      int length = Math.min(input[at + 3] & 0xff, input.length - at - SHORT_HEADER);
      int type = (input[at] & 0xff) % TYPES;
      channel.writeInbound(
          frame(type, input[at + 1], input[at + 2] & 0x1f, input, at + SHORT_HEADER, length));
      at += SHORT_HEADER + length;
      frames++;
    }
    return frames;
  }

  private static ByteBuf frame(int type, int flags, int stream, byte[] from, int at, int length) {
    ByteBuf frame = Unpooled.buffer(HEADER + length);
    frame.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    return frame.writeBytes(from, at, length);
  }

  /// Reads what went out; returns how many responses there are.
  private static int answered(EmbeddedChannel channel, int frames) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all.writeBytes(out);
      out.release();
    }
    if (all.readableBytes() > MOST_PER_FRAME * (frames + 1)) {
      throw new AssertionError(frames + " frames were answered with " + all.readableBytes());
    }
    int responses = 0;
    while (all.isReadable()) {
      if (all.readableBytes() < HEADER) {
        throw new AssertionError("a frame without a whole header");
      }
      int length = all.readUnsignedMedium();
      responses += all.readByte() == 1 ? 1 : 0;
      all.skipBytes(5);
      if (all.readableBytes() < length) {
        throw new AssertionError("a frame is cut off");
      }
      all.skipBytes(length);
    }
    return responses;
  }
}
