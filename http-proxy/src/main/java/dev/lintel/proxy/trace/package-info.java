/// Traces: which trace a request belongs to, what its upstream is told of it, and the spans of
/// those that are sampled, on their way to a collector.
///
/// A route that is not traced has no filter of this package, so it costs nothing. One that is has a
/// [TraceFilter] in front of all others. It reads the context that came (W3C Trace Context, or B3),
/// decides whether this request is sampled, and sets `traceparent` for the upstream. Of a sampled
/// request one span is written when it ends, in the bytes of OTLP, into the [SpanBatch] of its
/// loop; that sends them to the collector over the loop's own connection, as one request for many
/// spans. Nothing is shared between loops, and no thread is added.
@NullMarked
package dev.lintel.proxy.trace;

import org.jspecify.annotations.NullMarked;
