package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The way of one exchange to its upstream: writes the request, sends it again where that is
/// allowed, and hands over what comes back.
///
/// Longer than 400 lines because the way out and the way back share the state of each try.
final class UpstreamSide implements UpstreamListener {
  private static final int SMALLEST_PATH = 128;

  private final Exchange exchange;
  private final ClientSide client;
  private final Loop loop;
  private final RequestBody body;
  private final Attempts attempts = new Attempts();
  private final Tries tries = new Tries(attempts);
  private final Retries retries;
  private final RequestFraming framing;
  private final WebSocketHandshake handshake = new WebSocketHandshake();
  private final GuardPass pass = new GuardPass();
  private final HeaderEdits edits = new HeaderEdits();
  private final Slice path = new Slice();
  private final EndpointWait wait = new EndpointWait(() -> attempt(ProxyFailure.NO_ENDPOINT));

  private @Nullable Upstream upstream;
  private @Nullable UpstreamCall connection;

  /// The request's head, and its body if that is small; kept until nothing can be sent again.
  private @Nullable ByteBuf request;

  private @Nullable WholeBody whole;

  private boolean started;
  private boolean streaming;
  private boolean consumed;

  UpstreamSide(Exchange exchange, ClientSide client, Loop loop, RequestBody body) {
    this.exchange = exchange;
    this.client = client;
    this.loop = loop;
    this.body = body;
    this.retries = new Retries(attempts);
    this.framing = new RequestFraming(loop);
  }

  /// Forgets the last request.
  void begin() {
    attempts.clear();
    tries.clear();
    wait.clear();
    edits.clear();
    path.set(path.bytes(), 0, 0);
    upstream = null;
    started = false;
    streaming = false;
    consumed = false;
  }

  HeaderEdits edits() {
    return edits;
  }

  /// Has the upstream see this path instead of the request's own. The bytes are copied.
  void path(byte[] bytes, int offset, int length) {
    byte[] own = path.bytes();
    if (own.length < length) {
      own = new byte[Math.max(SMALLEST_PATH, length)];
    }
    System.arraycopy(bytes, offset, own, 0, length);
    path.set(own, 0, length);
  }

  Tries tries() {
    return tries;
  }

  Attempts attempts() {
    return attempts;
  }

  /// Whether pieces of the body go straight on.
  boolean isStreaming() {
    return streaming;
  }

  // ------------------------------------------------------------------ out

  /// Writes the head while its bytes are there, and sends the request as soon as enough of its body
  /// is.
  void forward(Upstream to) {
    RequestHead head = exchange.request();
    int memory = wholeMemory(head);
    boolean waits = memory >= 0 && !body.isComplete();
    upstream = to;
    if (!waits && !enter(to)) {
      return;
    }
    Slice target = path.isEmpty() ? head.wirePath() : path;
    boolean shares = to.settings().multiplexing() != null;
    if (head.upgrade() == Upgrade.WEBSOCKET) {
      handshake.begin(head, client.httpVersion() == 20, shares, edits);
    }
    request = framing.head(head, exchange.tail(), target, edits, to.settings(), memory >= 0);
    head.detach();
    boolean enough = body.isComplete() || !waits && body.isFull();
    if (!enough && head.expectsContinue()) {
      client.sendContinue();
    }
    // A stream may be a dialogue: its first piece is not held until there are more.
    if (enough || shares && !waits && !to.settings().form().wantsLength()) {
      start();
    } else if (waits) {
      whole().begin(memory);
    }
  }

  /// Asks the upstream's guard; false where that refuses, and the exchange has failed.
  private boolean enter(Upstream to) {
    ProxyFailure refused = pass.enter(to.guard(), loop.nanos());
    if (refused != null) {
      exchange.fail(refused);
      return false;
    }
    to.retries().onRequest();
    return true;
  }

  /// The whole body is there: a slow client took nothing of the upstream before.
  private void startWhole() {
    Upstream to = upstream;
    if (to != null && enter(to)) {
      start();
    }
  }

  /// How much of the body is kept in memory where it is read whole; negative where it is not. A
  /// call of gRPC may be a dialogue.
  private int wholeMemory(RequestHead head) {
    BodyRules rules = exchange.route().settings().bodies();
    return rules == null || exchange.isCall() || head.upgrade() != Upgrade.NONE
        ? -1
        : rules.requestMemory();
  }

  private WholeBody whole() {
    WholeBody made = whole;
    if (made == null) {
      made = new WholeBody(exchange, client, body, exchange.spool(), this::startWhole);
      whole = made;
    }
    return made;
  }

  /// Sends what there is.
  void start() {
    started = true;
    attempts.once(!exchange.request().isIdempotent());
    retries.begin(exchange.route().settings(), loop.nanos());
    ByteBuf head = request;
    if (head != null && !framing.merge(head, body)) {
      exchange.fail(ProxyFailure.LENGTH_REQUIRED);
      return;
    }
    attempt(ProxyFailure.NO_ENDPOINT);
  }

  /// Holds a piece of the body until the request is sent: when there is enough of it, or when the
  /// filters are through.
  void hold(ByteBuf piece) {
    WholeBody reading = whole;
    if (reading != null && reading.isReading()) {
      reading.add(piece);
      return;
    }
    body.add(piece);
    if (!body.isComplete() && !body.isFull()) {
      return;
    }
    if (request != null && !started) {
      start();
    } else if (!body.isComplete()) {
      client.pauseRead();
    }
  }

  /// Tries an endpoint; `otherwise` is what went wrong where none is left.
  private void attempt(ProxyFailure otherwise) {
    Upstream to = upstream;
    UpstreamCall leased =
        to == null
            ? null
            : to.pool(loop).acquire(this, attempts, retries.connectMillis(loop.nanos()));
    if (leased == null) {
      if (to != null && attempts.count() == 0 && awaitsEndpoints(to)) {
        return;
      }
      if (attempts.count() > 0) {
        pass.failed(loop.nanos());
      }
      exchange.fail(otherwise);
      return;
    }
    connection = leased;
    tries.begin(loop.nanos());
    if (leased.isConnected()) {
      send(leased);
    } else if (!body.isComplete()) {
      client.pauseRead();
    }
  }

  private boolean awaitsEndpoints(Upstream of) {
    boolean waits = wait.begin(of.pool(loop), retries.connectMillis(loop.nanos()));
    if (waits && !body.isComplete()) {
      client.pauseRead();
    }
    return waits;
  }

  private void send(UpstreamCall to) {
    ByteBuf bytes = request;
    if (bytes == null) {
      return;
    }
    RequestHead head = exchange.request();
    RouteSettings settings = exchange.route().settings();
    to.begin(
        head.method() == Method.HEAD,
        framing.upgrade(head),
        retries.readMillis(loop.nanos()),
        settings.sendTimeoutMillis());
    tries.connected(loop.nanos());
    bytes.readerIndex(0);
    WholeBody stored = whole;
    if (stored != null && stored.isInFile()) {
      to.write(bytes.retainedDuplicate(), false);
      stored.sendTo(to, framing);
      return;
    }
    framing.begin(to, bytes, body);
    if (body.isComplete()) {
      to.endRequest();
      return;
    }
    streaming = true;
    ByteBuf held;
    if (framing.isShared() && !body.isFull()) {
      held = body.duplicate();
    } else {
      held = body.take();
      consume();
    }
    if (held != null) {
      framing.write(to, held, false, body);
    }
    client.resumeRead();
  }

  /// Sends a piece of the body on.
  void sendBody(ByteBuf piece, boolean last) {
    UpstreamCall to = connection;
    if (to == null) {
      piece.release();
      return;
    }
    if (!consumed && (request == null || !body.keep(piece))) {
      consume();
    }
    framing.write(to, piece, last, body);
    if (last) {
      streaming = false;
      to.endRequest();
    }
  }

  /// What is sent from here on cannot be sent again.
  private void consume() {
    consumed = true;
    dropRequest();
    body.release();
  }

  /// Sends bytes of a tunnel on; the last ones close that half of it.
  void sendRaw(ByteBuf bytes, boolean last) {
    UpstreamCall to = connection;
    if (to == null) {
      bytes.release();
      return;
    }
    to.touch();
    to.write(bytes);
    if (last) {
      to.closeOutput();
    }
  }

  /// After a burst from the client: stops it where the upstream does not keep up.
  void checkPace() {
    UpstreamCall to = connection;
    if (to != null && (streaming || exchange.isTunnel()) && !to.isWritable()) {
      client.pauseRead();
    }
  }

  // ------------------------------------------------------------------ back

  @Override
  public void onConnected(UpstreamCall connected) {
    send(connected);
  }

  @Override
  public void onResponseHead(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    dropRequest();
    body.release();
    if (whole != null) {
      whole.answered();
    }
    UpstreamCall from = connection;
    if (from != null && attempts.count() > 1) {
      from.readTimeout(exchange.route().settings().readTimeoutMillis());
    }
    tries.answered(head.status(), loop.nanos());
    exchange.account().received(head);
    received(piece, last);
    exchange.answer(head, piece, last);
  }

  @Override
  public void onResponseBody(ByteBuf piece, boolean last) {
    received(piece, last);
    exchange.answerBody(piece, last);
  }

  @Override
  public void onResponseTrailers(Trailers trailers) {
    received(null, true);
    exchange.answerTrailers(trailers);
  }

  private void received(@Nullable ByteBuf piece, boolean last) {
    if (piece != null) {
      tries.received(piece.readableBytes());
    }
    if (last) {
      connection = null;
      releaseWhole();
      tries.completed(loop.nanos());
      pass.answered(loop.nanos());
    }
  }

  @Override
  public void onUpgraded(ResponseHead head, @Nullable ByteBuf early) {
    dropRequest();
    tries.upgraded(head.status(), loop.nanos());
    if (exchange.request().upgrade() == Upgrade.WEBSOCKET && !handshake.end(head)) {
      if (early != null) {
        early.release();
      }
      pass.failed(loop.nanos());
      exchange.fail(ProxyFailure.BAD_RESPONSE);
      return;
    }
    exchange.switchProtocols(head, early);
  }

  @Override
  public void onUpstreamReadComplete() {
    UpstreamCall from = connection;
    if (from != null && !exchange.takesResponse()) {
      from.pauseRead();
    }
  }

  /// The client takes bytes again.
  void onClientWritable() {
    UpstreamCall from = connection;
    if (from != null) {
      from.resumeRead();
    }
  }

  @Override
  public void onUpstreamWritable() {
    if (whole != null) {
      whole.onUpstreamWritable();
    }
    if (streaming || exchange.isTunnel()) {
      client.resumeRead();
    }
  }

  @Override
  public void onUpstreamFailure(ProxyFailure failure) {
    UpstreamCall lost = connection;
    connection = null;
    if (whole != null) {
      whole.stop();
    }
    Upstream to = upstream;
    if (lost == null || to == null) {
      return;
    }
    tries.failed(failure, lost, loop.nanos());
    if (exchange.isAnswering()) {
      pass.failed(loop.nanos());
      exchange.cut(exchange.judge(failure));
    } else if (!consumed && retries.allow(failure, lost, to.retries(), loop.nanos())) {
      streaming = false;
      attempt(failure);
    } else {
      if (failure != ProxyFailure.NO_WEBSOCKET) {
        // Whoever asks for what is not there must not make an upstream look ill.
        pass.failed(loop.nanos());
      }
      exchange.fail(exchange.judge(failure));
    }
  }

  // ------------------------------------------------------------------ end

  /// Breaks a tunnel off, so that the upstream sees that it did not end in order.
  void abort() {
    UpstreamCall used = connection;
    if (used != null) {
      connection = null;
      used.reset();
      tries.ended(loop.nanos());
    }
  }

  /// Lets go of everything; a connection in use is closed.
  void release() {
    wait.end();
    UpstreamCall used = connection;
    if (used != null) {
      connection = null;
      used.abandon();
      tries.ended(loop.nanos());
    }
    pass.leave();
    streaming = false;
    releaseWhole();
    dropRequest();
  }

  private void releaseWhole() {
    if (whole != null) {
      whole.release();
    }
  }

  /// The request was logged.
  void forget() {
    attempts.clear();
    upstream = null;
    edits.clear();
  }

  private void dropRequest() {
    ByteBuf bytes = request;
    if (bytes != null) {
      request = null;
      bytes.release();
    }
  }
}
