package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.edge.Http2Edge;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.exchange.ClientConnection;
import io.netty.channel.ChannelPipeline;

/// HTTP/2 of a proxy's clients: begins each connection, and keeps what those of one loop share, so
/// that one that is idle is small.
public final class H2Edge implements Http2Edge {
  private final H2Loop[] shared;

  /// For connections on loops of the numbers `[0, loops)`.
  public H2Edge(int loops) {
    shared = new H2Loop[loops];
    for (int i = 0; i < loops; i++) {
      shared[i] = new H2Loop();
    }
  }

  @Override
  public void begin(ChannelPipeline pipeline, ServerState server, ClientConnection client) {
    pipeline.addLast(H2ConnectionBuilder.build(server, client, shared[client.loop().index()]));
  }
}
