package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.LongLived;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Upgrade;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// A connection that changed protocols, from its `101` to its end.
final class Tunnel implements LongLived {
  private final Exchange exchange;
  private final Http1Writer out;
  private final Loop loop;
  private final @Nullable WebSocketFrames frames;

  Tunnel(Exchange exchange, Http1Writer out, Loop loop, Upgrade upgrade) {
    this.exchange = exchange;
    this.out = out;
    this.loop = loop;
    this.frames = upgrade == Upgrade.WEBSOCKET ? new WebSocketFrames() : null;
  }

  /// Sends bytes on to the client.
  void send(ByteBuf bytes) {
    WebSocketFrames seen = frames;
    if (seen != null) {
      seen.pass(bytes);
    }
    out.body(bytes, false);
  }

  /// Who uses a tunnel cannot be told anything.
  @Override
  public void discourageReuse() {}

  /// Between two frames a WebSocket can be told why it ends; anything else is cut.
  @Override
  public void closeForShutdown() {
    WebSocketFrames seen = frames;
    if (seen != null && seen.isBetweenFrames()) {
      out.body(WebSocketFrames.goingAway(loop.allocator()), false);
    }
    exchange.onShutdown();
  }
}
