package dev.lintel.proxy.trace;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.upstream.Upstream;
import java.util.Arrays;

/// Where spans go: a collector, and for each loop the batch that waits for it. From any thread.
public final class Tracer implements AutoCloseable {
  /// How spans are sent, in the words of OpenTelemetry's batch processor.
  ///
  /// @param authority the collector's host and port
  /// @param isGrpc whether OTLP is spoken over gRPC, or else over plain HTTP
  /// @param service what this proxy calls itself (`service.name`)
  /// @param queue how many spans may wait on each loop; more are lost
  /// @param delayMillis how long one waits for others
  /// @param batch how many go together
  public record Export(
      String authority, boolean isGrpc, String service, int queue, int delayMillis, int batch) {}

  private final Export export;
  private final Upstream collector;
  private volatile SpanBatch[] batches = {};

  /// Nothing waits yet.
  public Tracer(Export export, Upstream collector) {
    this.export = export;
    this.collector = collector;
  }

  /// That of a loop, on which it is called.
  SpanBatch batch(Loop loop, MetricShard counts) {
    SpanBatch[] present = batches;
    int i = loop.index();
    SpanBatch found = i < present.length ? present[i] : null;
    return found == null || found.loop() != loop ? made(loop, counts) : found;
  }

  private synchronized SpanBatch made(Loop loop, MetricShard counts) {
    SpanBatch[] next = Arrays.copyOf(batches, Math.max(batches.length, loop.index() + 1));
    SpanBatch made = new SpanBatch(loop, counts, export, collector);
    next[loop.index()] = made;
    batches = next;
    return made;
  }

  /// Sends what waits.
  @Override
  public void close() {
    for (SpanBatch each : batches) {
      if (each != null) {
        each.loop().eventLoop().execute(each::flush);
      }
    }
  }
}
