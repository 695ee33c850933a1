package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkEncoder;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.UpstreamHeadWriter;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamConnection;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The way of one exchange to its upstream: writes the request, sends it again where that is
/// allowed, and hands over what comes back.
final class UpstreamSide implements UpstreamListener {
  /// A body no longer than this is copied behind its head: one buffer costs less than two.
  private static final int SMALL_BODY = 4 * 1024;

  private final Exchange exchange;
  private final ClientSide client;
  private final Loop loop;
  private final RequestBody body;
  private final Attempts attempts = new Attempts();
  private final Tries tries = new Tries();
  private final Retries retries;
  private final HeaderEdits edits = new HeaderEdits();
  private final Slice path = new Slice();

  private @Nullable Upstream upstream;
  private @Nullable UpstreamConnection connection;

  /// The request's head, and its body if that is small; kept until nothing can be sent again.
  private @Nullable ByteBuf request;

  private boolean started;
  private boolean entered;
  private boolean streaming;
  private boolean consumed;
  private boolean chunked;
  private boolean chunkOpen;

  UpstreamSide(Exchange exchange, ClientSide client, Loop loop, RequestBody body) {
    this.exchange = exchange;
    this.client = client;
    this.loop = loop;
    this.body = body;
    this.retries = new Retries(attempts);
  }

  /// Forgets the last request.
  void begin() {
    attempts.clear();
    tries.clear();
    edits.clear();
    path.clear();
    entered = false;
    upstream = null;
    started = false;
    streaming = false;
    consumed = false;
    chunkOpen = false;
  }

  HeaderEdits edits() {
    return edits;
  }

  /// The path the upstream sees, where it is not the request's own; empty otherwise.
  Slice path() {
    return path;
  }

  Tries tries() {
    return tries;
  }

  Attempts attempts() {
    return attempts;
  }

  /// Whether the request waits for its body before it is sent.
  boolean awaitsBody() {
    return request != null && !started;
  }

  /// Whether pieces of the body go straight on.
  boolean isStreaming() {
    return streaming;
  }

  // ------------------------------------------------------------------ out

  /// Writes the head while its bytes are there, and sends the request as soon as enough of its body
  /// is.
  void forward(Upstream to) {
    ProxyFailure refused = to.guard().enter();
    if (refused != null) {
      exchange.fail(refused);
      return;
    }
    upstream = to;
    entered = true;
    to.retries().onRequest();
    RequestHead head = exchange.request();
    chunked = head.framing() == BodyFraming.CHUNKED;
    write(head);
    head.detach();
    if (body.isComplete() || body.isFull()) {
      start();
    } else if (head.expectsContinue()) {
      client.sendContinue();
    }
  }

  private void write(RequestHead head) {
    byte[] out = loop.out();
    Slice target = path.isEmpty() ? head.wirePath() : path;
    int length = UpstreamHeadWriter.write(head, exchange.tail(), target, edits, out, 0);
    long follows = head.contentLength();
    int room = follows > 0 && follows <= SMALL_BODY ? length + (int) follows : length;
    ByteBuf bytes = loop.allocator().directBuffer(room);
    bytes.writeBytes(out, 0, length);
    request = bytes;
  }

  /// Sends what there is.
  void start() {
    started = true;
    retries.begin(exchange.route().settings(), loop.nanos());
    mergeSmallBody();
    attempt(ProxyFailure.NO_ENDPOINT);
  }

  private void mergeSmallBody() {
    ByteBuf head = request;
    ByteBuf held = body.held();
    if (head != null && held != null && body.isComplete() && held.readableBytes() <= SMALL_BODY) {
      body.take();
      int length = held.readableBytes();
      if (chunked && length > 0) {
        ChunkEncoder.head(head, length);
        head.writeBytes(held);
        ChunkEncoder.tail(head);
      } else {
        head.writeBytes(held);
      }
      held.release();
    }
    if (head != null && chunked && body.isComplete() && body.held() == null) {
      ChunkEncoder.last(head);
    }
  }

  /// Tries an endpoint; `otherwise` is what went wrong where none is left.
  private void attempt(ProxyFailure otherwise) {
    Upstream to = upstream;
    UpstreamConnection leased =
        to == null
            ? null
            : to.pool(loop).acquire(this, attempts, retries.connectMillis(loop.nanos()));
    if (leased == null) {
      if (attempts.count() > 0) {
        leaveFailed();
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

  private void send(UpstreamConnection to) {
    ByteBuf bytes = request;
    if (bytes == null) {
      return;
    }
    RequestHead head = exchange.request();
    RouteSettings settings = exchange.route().settings();
    to.begin(
        head.method() == Method.HEAD,
        head.upgrade(),
        retries.readMillis(loop.nanos()),
        settings.sendTimeoutMillis());
    tries.connected(loop.nanos());
    bytes.readerIndex(0);
    to.write(bytes.retain());
    boolean complete = body.isComplete();
    ByteBuf held = body.held();
    if (complete) {
      if (held != null) {
        writePiece(to, held.retainedDuplicate(), true);
      }
      to.endRequest();
      return;
    }
    streaming = true;
    consumed = true;
    dropRequest();
    held = body.take();
    if (held != null) {
      writePiece(to, held, false);
    }
    client.resumeRead();
  }

  /// Sends a piece of the body on.
  void sendBody(ByteBuf piece, boolean last) {
    UpstreamConnection to = connection;
    if (to == null) {
      piece.release();
      return;
    }
    writePiece(to, piece, last);
    if (last) {
      streaming = false;
      to.endRequest();
    }
  }

  /// Sends bytes of a tunnel on; the last ones close it.
  void sendRaw(ByteBuf bytes) {
    UpstreamConnection to = connection;
    if (to == null) {
      bytes.release();
      return;
    }
    to.touch();
    to.write(bytes);
  }

  private void writePiece(UpstreamConnection to, ByteBuf piece, boolean last) {
    if (!chunked) {
      to.write(piece);
      return;
    }
    int length = piece.readableBytes();
    if (length > 0 || last) {
      ByteBuf frame = loop.allocator().directBuffer(2 * ChunkEncoder.LONGEST_HEAD);
      if (length > 0) {
        ChunkEncoder.head(frame, length);
      }
      to.write(frame);
    }
    to.write(piece);
    if (length > 0 || last) {
      ByteBuf frame = loop.allocator().directBuffer(2 * ChunkEncoder.LONGEST_HEAD);
      if (length > 0) {
        ChunkEncoder.tail(frame);
      }
      if (last) {
        ChunkEncoder.last(frame);
      }
      to.write(frame);
    }
  }

  /// After a burst from the client: stops it where the upstream does not keep up.
  void checkPace() {
    UpstreamConnection to = connection;
    if (to != null && (streaming || exchange.isTunnel()) && !to.isWritable()) {
      client.pauseRead();
    }
  }

  // ------------------------------------------------------------------ back

  @Override
  public void onConnected(UpstreamConnection connected) {
    send(connected);
  }

  @Override
  public void onResponseHead(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    dropRequest();
    body.release();
    UpstreamConnection from = connection;
    if (from != null && attempts.count() > 1) {
      from.readTimeout(exchange.route().settings().readTimeoutMillis());
    }
    tries.answered(head.status(), loop.nanos());
    received(piece, last);
    exchange.answer(head, piece, last);
  }

  @Override
  public void onResponseBody(ByteBuf piece, boolean last) {
    received(piece, last);
    exchange.answerBody(piece, last);
  }

  private void received(@Nullable ByteBuf piece, boolean last) {
    if (piece != null) {
      tries.received(piece.readableBytes());
    }
    if (last) {
      connection = null;
      tries.ended(loop.nanos());
      leaveWell();
    }
  }

  // ------------------------------------------------------------------ the guard

  private void leaveWell() {
    Upstream from = upstream;
    if (entered && from != null) {
      entered = false;
      from.guard().onSuccess(tries.sinceFirst(loop.nanos()));
    }
  }

  private void leaveFailed() {
    Upstream from = upstream;
    if (entered && from != null) {
      entered = false;
      from.guard().onFailure(tries.sinceFirst(loop.nanos()));
    }
  }

  private void leaveUnsaid() {
    Upstream from = upstream;
    if (entered && from != null) {
      entered = false;
      from.guard().exit();
    }
  }

  // ------------------------------------------------------------------ more of what comes back

  @Override
  public void onUpgraded(ResponseHead head, @Nullable ByteBuf early) {
    dropRequest();
    tries.answered(head.status(), loop.nanos());
    exchange.switchProtocols(head, early);
  }

  @Override
  public void onUpstreamReadComplete() {
    UpstreamConnection from = connection;
    if (from != null && !client.isWritable()) {
      from.pauseRead();
    }
  }

  /// The client takes bytes again.
  void onClientWritable() {
    UpstreamConnection from = connection;
    if (from != null) {
      from.resumeRead();
    }
  }

  @Override
  public void onUpstreamWritable() {
    if (streaming || exchange.isTunnel()) {
      client.resumeRead();
    }
  }

  @Override
  public void onUpstreamFailure(ProxyFailure failure) {
    UpstreamConnection lost = connection;
    connection = null;
    Upstream to = upstream;
    if (lost == null || to == null) {
      return;
    }
    tries.failed(failure, loop.nanos());
    if (exchange.isAnswering()) {
      leaveFailed();
      exchange.cut(failure);
    } else if (!consumed
        && retries.allow(
            failure, lost, exchange.request().isIdempotent(), to.retries(), loop.nanos())) {
      attempt(failure);
    } else {
      leaveFailed();
      exchange.fail(failure);
    }
  }

  // ------------------------------------------------------------------ end

  /// Lets go of everything; a connection in use is closed.
  void release() {
    UpstreamConnection used = connection;
    if (used != null) {
      connection = null;
      used.abandon();
      tries.ended(loop.nanos());
    }
    leaveUnsaid();
    streaming = false;
    dropRequest();
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
