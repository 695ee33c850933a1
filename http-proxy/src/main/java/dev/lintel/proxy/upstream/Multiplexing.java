package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;

/// A protocol that carries many requests at once on a connection. Shared by all loops.
public interface Multiplexing {
  /// The connections of `loop` to `endpoint`: none yet.
  SharedConnections connections(Loop loop, Endpoint endpoint, UpstreamSettings settings);
}
