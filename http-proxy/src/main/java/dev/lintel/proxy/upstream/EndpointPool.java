package dev.lintel.proxy.upstream;

import dev.lintel.proxy.upstream.guard.EndpointHealth;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The idle connections of one loop to one endpoint, the one used last on top.
final class EndpointPool {
  final Endpoint endpoint;

  /// Its address as it stands in the log.
  final byte[] text;

  /// What is told of its requests; null where nobody asks.
  @Nullable EndpointHealth health;

  /// What requests share where they share connections; null until one is made, and for HTTP/1.1.
  @Nullable SharedConnections shared;

  /// When it ends connections that wait.
  final IdleEnds ends = new IdleEnds();

  /// Not picked any more: its connections are not kept.
  boolean retired;

  private @Nullable UpstreamConnection newest;
  private @Nullable UpstreamConnection oldest;

  EndpointPool(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.text = endpoint.text().getBytes(StandardCharsets.US_ASCII);
  }

  void push(UpstreamConnection connection) {
    UpstreamConnection top = newest;
    connection.older = top;
    connection.newer = null;
    if (top == null) {
      oldest = connection;
    } else {
      top.newer = connection;
    }
    newest = connection;
  }

  @Nullable UpstreamConnection newest() {
    return newest;
  }

  @Nullable UpstreamConnection oldest() {
    return oldest;
  }

  void remove(UpstreamConnection connection) {
    UpstreamConnection newer = connection.newer;
    UpstreamConnection older = connection.older;
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    connection.newer = null;
    connection.older = null;
  }
}
