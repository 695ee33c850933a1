package dev.lintel.proxy.trace;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.SideListener;
import dev.lintel.proxy.exchange.SideRequest;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.observe.KeyWriter;
import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The spans of one loop that wait for the collector, and the request that takes them there. There
/// is one such request at a time; what comes meanwhile waits, up to a limit. A batch that the
/// collector does not take is lost, and counted.
final class SpanBatch implements SideListener {
  private static final Logger LOG = LoggerFactory.getLogger(SpanBatch.class);
  private static final SideRequest.Limits LIMITS = new SideRequest.Limits(5_000, 10_000, 10_000);
  private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");
  private static final String GRPC_PATH =
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final String HTTP_PATH = "/v1/traces";
  private static final long NANOS = 1_000_000_000;

  // Fields of ExportTraceServiceRequest, ResourceSpans and ScopeSpans, of wire type 2.
  private static final int RESOURCE_SPANS = 1 << 3 | 2;
  private static final int RESOURCE = 1 << 3 | 2;
  private static final int SCOPE_SPANS = 2 << 3 | 2;
  private static final int SPANS = 2 << 3 | 2;

  private final Loop loop;
  private final MetricShard counts;
  private final Tracer.Export export;
  private final Upstream collector;
  private final byte[] resource;
  private final SpanEncoder encoder = new SpanEncoder();
  private final KeyWriter names = new KeyWriter();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private final Timer delay = new Delay();
  private int inFlight;
  private boolean delayed;
  private boolean failing;

  SpanBatch(Loop loop, MetricShard counts, Tracer.Export export, Upstream collector) {
    this.loop = loop;
    this.counts = counts;
    this.export = export;
    this.collector = collector;
    this.resource = SpanEncoder.resource(export.service());
  }

  Loop loop() {
    return loop;
  }

  /// Takes the span of a request that has ended.
  void add(ServerSpan span, Exchange ended) {
    if (waiting.size() >= export.queue()) {
      counts.onSpansLost(1);
      return;
    }
    Instant now = Instant.now();
    long end = now.getEpochSecond() * NANOS + now.getNano();
    long start = end - Math.max(0, System.nanoTime() - ended.startNanos());
    byte[] name = span.name().of(ended.finished(), names);
    waiting.add(encoder.encode(span, name, ended.finished(), start, end));
    if (inFlight > 0) {
      return;
    }
    if (waiting.size() >= export.batch()) {
      flush();
    } else if (!delayed) {
      delayed = true;
      loop.timers().arm(delay, loop.nanos(), export.delayMillis());
    }
  }

  /// Sends what waits, unless something is under way.
  void flush() {
    if (inFlight > 0 || waiting.isEmpty()) {
      return;
    }
    if (delayed) {
      delayed = false;
      loop.timers().remove(delay);
    }
    inFlight = Math.min(waiting.size(), export.batch());
    ByteBuf body = body(inFlight);
    ByteBuf head = head(body.readableBytes());
    SideRequest.send(loop, collector, head, body, false, LIMITS, this);
  }

  private ByteBuf head(int length) {
    String head =
        "POST "
            + (export.isGrpc() ? GRPC_PATH : HTTP_PATH)
            + " HTTP/1.1\r\nHost: "
            + export.authority()
            + "\r\nUser-Agent: OTel-OTLP-Exporter-Lintel\r\nContent-Type: application/"
            + (export.isGrpc() ? "grpc" : "x-protobuf")
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n";
    return loop.allocator()
        .directBuffer(head.length())
        .writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// An `ExportTraceServiceRequest` of so many spans, as one message of gRPC where that is spoken.
  private ByteBuf body(int count) {
    int spans = 0;
    int i = 0;
    for (byte[] each : waiting) {
      if (i++ == count) {
        break;
      }
      spans += field(each.length);
    }
    int inner = field(resource.length) + field(spans);
    int message = field(inner);
    int prefix = export.isGrpc() ? 5 : 0;
    ByteBuf out = loop.allocator().directBuffer(prefix + message);
    if (export.isGrpc()) {
      out.writeByte(0).writeInt(message);
    }
    begin(out, RESOURCE_SPANS, inner);
    begin(out, RESOURCE, resource.length);
    out.writeBytes(resource);
    begin(out, SCOPE_SPANS, spans);
    for (i = 0; i < count; i++) {
      byte[] span = waiting.removeFirst();
      begin(out, SPANS, span.length);
      out.writeBytes(span);
    }
    return out;
  }

  /// Bytes of a field of so many bytes.
  private static int field(int length) {
    return 1 + ProtobufWriter.size(length) + length;
  }

  private static void begin(ByteBuf out, int tag, int length) {
    out.writeByte(tag);
    int rest = length;
    while ((rest & ~0x7f) != 0) {
      out.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  @Override
  public void onSideHead(ResponseHead head) {
    Slice code = new Slice();
    boolean refused = head.value(GRPC_STATUS, code) && !isZero(code);
    if (head.status() != 200 || refused) {
      ended("status " + head.status() + (refused ? ", grpc-status " + code : ""));
    } else if (!export.isGrpc() || head.value(GRPC_STATUS, code)) {
      ended("");
    }
    // Otherwise the trailers say how it went.
  }

  @Override
  public void onSideEnd(@Nullable Trailers trailers) {
    if (trailers == null) {
      ended("an answer that was cut off");
      return;
    }
    for (int i = 0; i < trailers.count(); i++) {
      byte[] name = trailers.name(i);
      if (GRPC_STATUS.matches(name, 0, name.length)) {
        byte[] value = trailers.value(i);
        boolean isGood = value.length == 1 && value[0] == '0';
        ended(isGood ? "" : "grpc-status " + new String(value, StandardCharsets.ISO_8859_1));
        return;
      }
    }
    ended("an answer without grpc-status"); // where that is spoken: else it has ended by now
  }

  private static boolean isZero(Slice code) {
    return code.length() == 1 && code.at(0) == '0';
  }

  @Override
  public void onSideFailure(ProxyFailure why) {
    ended(why.kind().toString());
  }

  /// @param fault empty where the collector took it
  private void ended(String fault) {
    if (inFlight == 0) {
      return;
    }
    if (fault.isEmpty()) {
      counts.onSpansExported(inFlight);
      if (failing) {
        failing = false;
        LOG.info("the collector {} takes spans again", collector.name());
      }
    } else {
      counts.onSpansLost(inFlight);
      if (!failing) {
        failing = true;
        LOG.warn("the collector {} takes no spans, they are lost: {}", collector.name(), fault);
      }
    }
    inFlight = 0;
    if (!waiting.isEmpty() && !delayed) {
      delayed = true;
      boolean isFull = waiting.size() >= export.batch();
      loop.timers().arm(delay, loop.nanos(), isFull ? 1 : export.delayMillis());
    }
  }

  private final class Delay extends Timer {
    @Override
    protected void onTimeout() {
      delayed = false;
      flush();
    }
  }
}
