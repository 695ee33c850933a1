package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.grpc.GrpcWebBridge;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of one exchange back to its client: answers of our own, and an upstream's response with
/// the changes of the route's filters.
final class ResponseSide {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSide.class);
  private static final byte[] EVENTS = "text/event-stream".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HTML = "text/html".getBytes(StandardCharsets.US_ASCII);

  private final Exchange exchange;
  private final ClientSide client;
  private final LoopTraffic traffic;
  private int status;
  private long bodySent;
  private boolean events;
  private final Slice scratch = new Slice();
  private final GrpcSide grpc;
  private @Nullable ProxyFailure failure;
  private @Nullable ResponseBody shaped;

  ResponseSide(Exchange exchange, ClientSide client, LoopTraffic traffic) {
    this.exchange = exchange;
    this.client = client;
    this.traffic = traffic;
    this.grpc = new GrpcSide(exchange, client);
  }

  /// Forgets the last request.
  void begin(boolean malformed) {
    grpc.begin(!malformed);
    status = 0;
    bodySent = 0;
    events = false;
    failure = null;
    ResponseBody last = shaped;
    if (last != null) {
      last.begin();
    }
  }

  int status() {
    return status;
  }

  long bodySent() {
    ResponseBody passing = shaped;
    return passing == null ? bodySent : bodySent + passing.sent();
  }

  @Nullable ProxyFailure failure() {
    return failure;
  }

  // ------------------------------------------------------------------ answers of our own

  void respond(CannedResponse response) {
    ResponseHead head = traffic.ownHead();
    response.describe(head);
    send(head, response.body());
  }

  void redirect(int code, byte[] location, int length) {
    CannedResponse page = Pages.redirect(code);
    ResponseHead head = traffic.ownHead();
    page.describe(head);
    head.set(HeaderNames.LOCATION, Arrays.copyOf(location, length));
    send(head, page.body());
  }

  /// Answers with the failure's page.
  void fail(ProxyFailure why) {
    failure = why;
    int code = FailureTable.status(why);
    byte[] page = FailureTable.page(code);
    ResponseHead head = traffic.ownHead();
    head.answer(code, page.length);
    head.set(HeaderNames.CONTENT_TYPE, HTML);
    byte[] retryAfter = FailureTable.retryAfter(why);
    if (retryAfter.length > 0) {
      head.set(HeaderNames.RETRY_AFTER, retryAfter);
    }
    if (FailureTable.closesConnection(why)) {
      client.closeBehind();
    }
    send(head, page);
  }

  /// The client gets nothing (more); only the log says this.
  void failSilently(ProxyFailure why) {
    failure = why;
    if (status == 0) {
      status = FailureTable.status(why);
    }
  }

  private void send(ResponseHead head, byte[] content) {
    ByteBuf bytes = null;
    if (grpc.refuse(head, failure)) {
      head(head, null, true, true);
      return;
    }
    if (exchange.request().method() == Method.HEAD) {
      head.body(BodyFraming.NONE, head.contentLength());
    } else if (content.length > 0 && head.framing() == BodyFraming.LENGTH) {
      bytes = exchange.loop().allocator().directBuffer(content.length);
      bytes.writeBytes(content);
    }
    head(head, bytes, true, true);
  }

  // ------------------------------------------------------------------ any response

  void head(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    head(head, piece, last, false);
  }

  private void head(ResponseHead head, @Nullable ByteBuf piece, boolean last, boolean own) {
    status = head.status();
    filter(head);
    events = !last && head.contentLength() < 0 && isEventStream(head);
    GrpcWebBridge bridge = grpc.bridge();
    ByteBuf sent = piece;
    if (bridge != null) {
      bridge.head(head, last);
      sent = piece == null ? null : bridge.response(piece);
    }
    BodyRules rules = exchange.route().settings().bodies();
    if (rules != null) {
      shaped().head(own ? rules.ofOwnAnswers() : rules, grpc.isCall(), head, sent, last);
      return;
    }
    if (sent != null) {
      bodySent += sent.readableBytes();
    }
    client.sendHead(head, sent, last);
  }

  private ResponseBody shaped() {
    ResponseBody made = shaped;
    if (made == null) {
      made = new ResponseBody(exchange, client, traffic);
      shaped = made;
    }
    return made;
  }

  /// What the body passes through on a route that asks for that; null where it goes straight on.
  private @Nullable ResponseBody passing() {
    ResponseBody made = shaped;
    return made != null && made.isActive() ? made : null;
  }

  /// Whether all that the upstream sent was given to the client.
  boolean isSent() {
    return passing() == null;
  }

  /// Whether the upstream is to be read on.
  boolean isTaking() {
    ResponseBody passing = passing();
    return passing == null ? client.isWritable() : passing.isTaking();
  }

  /// The client takes bytes again.
  ///
  /// @return whether that is all there is to do
  boolean onClientWritable() {
    ResponseBody passing = passing();
    if (passing == null) {
      return false;
    }
    passing.goOn();
    return true;
  }

  private boolean isEventStream(ResponseHead head) {
    return head.value(HeaderNames.CONTENT_TYPE, scratch) && scratch.startsWithWord(EVENTS);
  }

  /// Whether the response is a stream of events, which come when they come.
  boolean isEventStream() {
    return events;
  }

  void body(ByteBuf piece, boolean last) {
    GrpcWebBridge bridge = grpc.bridge();
    ByteBuf sent = bridge == null ? piece : bridge.response(piece);
    send(sent, last);
  }

  private void send(ByteBuf piece, boolean last) {
    ResponseBody passing = passing();
    if (passing != null) {
      passing.body(piece, last);
      return;
    }
    bodySent += piece.readableBytes();
    client.sendBody(piece, last);
  }

  void trailers(Trailers trailers) {
    GrpcWebBridge bridge = grpc.bridge();
    ResponseBody passing = passing();
    if (bridge != null) {
      send(bridge.trailers(trailers), true);
    } else if (passing != null) {
      passing.trailers(trailers);
    } else {
      client.sendTrailers(trailers);
    }
  }

  /// Cuts the response, in such a way that the client sees it.
  void cut(ProxyFailure why) {
    failSilently(why);
    dropHeld();
    if (!grpc.cut(why, this)) {
      client.abort();
    }
  }

  /// The exchange ends.
  void end() {
    grpc.end();
    dropHeld();
  }

  private void dropHeld() {
    ResponseBody passing = shaped;
    if (passing != null) {
      passing.end();
    }
  }

  GrpcSide grpc() {
    return grpc;
  }

  void switchProtocols(ResponseHead head, @Nullable ByteBuf early) {
    status = head.status();
    filter(head);
    client.switchProtocols(head, early);
    // HTTP/2 has another word for it.
    status = head.status();
  }

  private void filter(ResponseHead head) {
    for (ResponseFilter each : exchange.route().responseFilters()) {
      try {
        each.onResponse(exchange, head);
      } catch (RuntimeException e) {
        LOG.error("a response filter of route {} failed", exchange.route().labels(), e);
      }
    }
    exchange.account().sent(head);
  }
}
