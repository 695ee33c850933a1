package dev.lintel.proxy.trace;

import dev.lintel.proxy.observe.FinishedRequest;
import dev.lintel.proxy.observe.KeyExpression;
import dev.lintel.proxy.observe.KeyWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What the spans of a route are called.
///
/// @param text with nginx's variables; null for the method and the route's path
public record SpanName(@Nullable KeyExpression text) {
  /// The method and the path as the Ingress has it, as OpenTelemetry wants it.
  public static final SpanName USUAL = new SpanName(null);

  byte[] of(FinishedRequest request, KeyWriter memory) {
    if (text != null) {
      return memory.bytes(text, request);
    }
    return (request.methodName() + " " + request.labels().path())
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
