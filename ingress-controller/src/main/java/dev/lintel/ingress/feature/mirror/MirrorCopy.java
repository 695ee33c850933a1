package dev.lintel.ingress.feature.mirror;

import dev.lintel.proxy.exchange.BodyTap;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.SideListener;
import dev.lintel.proxy.exchange.SideRequest;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.observe.MetricShard;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// One copy of one request: gathers the body as it passes, goes when that is whole, and ends by
/// itself, however the request does.
final class MirrorCopy implements BodyTap, SideListener {
  /// A longer body is not copied: the request has no copy then.
  static final int LONGEST_BODY = 1 << 20;

  private static final int AT_FIRST = 4 * 1024;

  private final MirrorFilter filter;
  private final Exchange exchange;
  private final Loop loop;
  private final MetricShard counts;
  private final MirrorRoom.OfLoop place;
  private final boolean isIdempotent;
  private @Nullable ByteBuf body;
  private int taken;
  private boolean isOver;

  MirrorCopy(MirrorFilter filter, Exchange exchange, MirrorRoom.OfLoop place) {
    this.filter = filter;
    this.exchange = exchange;
    this.loop = exchange.loop();
    this.counts = exchange.counts();
    this.place = place;
    this.isIdempotent = exchange.request().isIdempotent();
  }

  @Override
  public void onBody(ByteBuf piece, boolean last) {
    if (isOver) {
      return;
    }
    int length = piece.readableBytes();
    if (taken + length > LONGEST_BODY || !place.take(length)) {
      lost();
      return;
    }
    taken += length;
    ByteBuf whole = body;
    if (whole == null) {
      whole = loop.allocator().directBuffer(Math.max(AT_FIRST, length), LONGEST_BODY);
      body = whole;
    }
    whole.writeBytes(piece, piece.readerIndex(), length);
    if (last) {
      send();
    }
  }

  @Override
  public void onBodyLost() {
    if (!isOver) {
      lost();
    }
  }

  /// Sends what is here, within the exchange: its head is read for the last time.
  void send() {
    ByteBuf content = body;
    ByteBuf head = filter.head(exchange, content == null ? -1 : content.readableBytes());
    if (head == null) {
      lost();
      return;
    }
    body = null;
    SideRequest.send(
        loop,
        filter.target(),
        head,
        content,
        exchange.request().method() == Method.HEAD,
        SideRequest.Limits.of(exchange.route().settings()),
        this);
  }

  @Override
  public boolean mayRepeat() {
    return isIdempotent;
  }

  @Override
  public void onSideHead(ResponseHead head) {
    counts.onMirrored();
  }

  @Override
  public void onSideEnd(@Nullable Trailers trailers) {
    over();
  }

  @Override
  public void onSideFailure(ProxyFailure why) {
    lost();
  }

  private void lost() {
    counts.onMirrorLost();
    over();
  }

  private void over() {
    isOver = true;
    ByteBuf content = body;
    if (content != null) {
      body = null;
      content.release();
    }
    place.leave(taken);
    taken = 0;
  }
}
