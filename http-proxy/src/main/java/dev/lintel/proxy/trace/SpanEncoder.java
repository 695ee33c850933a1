package dev.lintel.proxy.trace;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.observe.FinishedRequest;
import dev.lintel.proxy.observe.RouteLabels;

/// Writes the span of a request that has ended as OTLP's `Span`, with the attributes of
/// OpenTelemetry's conventions for servers of HTTP, and ingress-nginx's. One for each loop.
///
/// The query is left out: it may hold secrets.
final class SpanEncoder {
  private static final int KIND_SERVER = 2;
  private static final int STATUS_ERROR = 2;
  private static final int FIRST_FAULT = 500;

  // Fields of opentelemetry.proto.trace.v1.Span.
  private static final int TRACE_ID = 1;
  private static final int SPAN_ID = 2;
  private static final int PARENT_SPAN_ID = 4;
  private static final int NAME = 5;
  private static final int KIND = 6;
  private static final int START = 7;
  private static final int END = 8;
  private static final int ATTRIBUTES = 9;
  private static final int STATUS = 15;
  private static final int STATUS_CODE = 3;

  // Of KeyValue and AnyValue.
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int STRING = 1;
  private static final int INT = 3;

  private final ProtobufWriter out = new ProtobufWriter();
  private final Slice path = new Slice();

  /// The bytes of the message.
  ///
  /// @param name of the span
  /// @param endNanos since 1970
  byte[] encode(
      ServerSpan span, byte[] name, FinishedRequest request, long startNanos, long endNanos) {
    out.clear();
    out.id(TRACE_ID, span.high(), span.low());
    out.id(SPAN_ID, span.id());
    if (span.parent() != 0) {
      out.id(PARENT_SPAN_ID, span.parent());
    }
    out.text(NAME, path.set(name, 0, name.length));
    out.number(KIND, KIND_SERVER);
    out.fixed64(START, startNanos);
    out.fixed64(END, endNanos);
    request(request);
    route(request.labels());
    upstream(request);
    if (request.status() >= FIRST_FAULT) {
      int status = out.begin(STATUS);
      out.number(STATUS_CODE, STATUS_ERROR);
      out.end(status);
    }
    return out.toBytes();
  }

  private void request(FinishedRequest request) {
    attribute("http.request.method", request.methodName());
    attribute("url.path", pathOf(request.target()));
    attribute("url.scheme", request.isSecure() ? "https" : "http");
    attribute("server.address", request.host());
    attribute("client.address", request.clientAddress());
    attribute("network.peer.address", request.peerAddress());
    attribute("user_agent.original", request.requestField(HeaderNames.USER_AGENT));
    attribute(
        "network.protocol.version",
        switch (request.httpVersion()) {
          case 10 -> "1.0";
          case 20 -> "2";
          case 30 -> "3";
          default -> "1.1";
        });
    attribute("http.response.status_code", request.status());
    attribute("http.request.size", request.requestLength());
    attribute("http.response.size", request.bytesSent());
    ProxyFailure failure = request.failure();
    if (failure != null) {
      attribute("error.type", FailureTable.tag(failure.kind()));
    } else if (request.status() >= FIRST_FAULT) {
      attribute("error.type", Integer.toString(request.status()));
    }
  }

  private void route(RouteLabels labels) {
    attribute("http.route", labels.path());
    attribute("ingress.namespace", labels.namespace());
    attribute("ingress.name", labels.ingress());
    attribute("ingress.service_name", labels.service());
    attribute("ingress.upstream", labels.upstreamName());
  }

  private void upstream(FinishedRequest request) {
    int tries = request.tries();
    if (tries > 0) {
      byte[] address = request.upstreamAddress(tries - 1);
      attribute("ingress.upstream.address", path.set(address, 0, address.length));
      attribute("ingress.upstream.tries", tries);
    }
  }

  private Slice pathOf(Slice target) {
    int end = 0;
    while (end < target.length() && target.at(end) != '?') {
      end++;
    }
    return path.set(target.bytes(), target.offset(), end);
  }

  private void attribute(String key, Slice value) {
    if (!value.isEmpty()) {
      int attribute = begin(key);
      int any = out.begin(VALUE);
      out.text(STRING, value);
      out.end(any);
      out.end(attribute);
    }
  }

  private void attribute(String key, String value) {
    if (!value.isEmpty()) {
      int attribute = begin(key);
      int any = out.begin(VALUE);
      out.text(STRING, value);
      out.end(any);
      out.end(attribute);
    }
  }

  private void attribute(String key, long value) {
    int attribute = begin(key);
    int any = out.begin(VALUE);
    out.number(INT, value);
    out.end(any);
    out.end(attribute);
  }

  private int begin(String key) {
    int attribute = out.begin(ATTRIBUTES);
    out.text(KEY, key);
    return attribute;
  }

  /// OTLP's `Resource` and the begin of a `ScopeSpans`: who tells.
  static byte[] resource(String service) {
    ProtobufWriter out = new ProtobufWriter();
    int attribute = out.begin(1);
    out.text(KEY, "service.name");
    int any = out.begin(VALUE);
    out.text(STRING, service);
    out.end(any);
    out.end(attribute);
    return out.toBytes();
  }
}
