package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.edge.WebSocketFrames;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.LongLived;
import dev.lintel.proxy.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// A WebSocket on one stream (RFC 8441 5), from the request for it to its end.
///
/// What the client sends ahead of the answer waits here; it is not given back as window, so it is
/// no more than one.
final class H2Tunnel implements LongLived {
  private final H2Stream stream;
  private final Exchange exchange;
  private final Loop loop;
  private final WebSocketFrames frames = new WebSocketFrames();
  private @Nullable ByteBuf early;
  private boolean earlyEnd;
  private boolean open;

  /// @param ended whether the client's half ended with its head
  H2Tunnel(H2Stream stream, Loop loop, boolean ended) {
    this.stream = stream;
    this.exchange = stream.exchange();
    this.loop = loop;
    this.earlyEnd = ended;
  }

  /// Whether the upstream agreed: from then on bytes pass.
  boolean isOpen() {
    return open;
  }

  /// Keeps what comes ahead of the answer. Copied, for tiny pieces would hold on to large buffers.
  void hold(ByteBuf piece, boolean last) {
    ByteBuf before = early;
    if (before == null) {
      before = loop.allocator().directBuffer(piece.readableBytes());
      early = before;
    }
    before.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    earlyEnd |= last;
  }

  /// The upstream agreed, and the client knows.
  void open() {
    open = true;
    ByteBuf bytes = early;
    early = null;
    if (bytes != null || earlyEnd) {
      exchange.onRequestBody(bytes == null ? Unpooled.EMPTY_BUFFER : bytes, earlyEnd);
      exchange.onClientReadComplete();
    }
  }

  /// Looks at bytes on their way to the client.
  void pass(ByteBuf bytes) {
    frames.pass(bytes);
  }

  /// Nothing passes any more.
  void close() {
    ByteBuf bytes = early;
    if (bytes != null) {
      early = null;
      bytes.release();
    }
  }

  /// The connection says for all of its streams that it takes no new ones.
  @Override
  public void discourageReuse() {}

  /// Between two frames a WebSocket can be told why it ends; anything else is cut.
  @Override
  public void closeForShutdown() {
    boolean told = frames.isBetweenFrames();
    if (told) {
      stream.sendBody(WebSocketFrames.goingAway(loop.allocator()), true);
    }
    exchange.onShutdown();
    if (!told) {
      stream.abort();
    }
  }
}
