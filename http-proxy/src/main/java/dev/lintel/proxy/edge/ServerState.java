package dev.lintel.proxy.edge;

import dev.lintel.proxy.ProxyConfig;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections of one proxy look at: the configuration in force, and how many of them
/// there may be. Shared by all loops.
public final class ServerState {
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private volatile ProxyConfig config;

  /// Begins with a configuration.
  public ServerState(ProxyConfig config, int maxConnections) {
    this.config = config;
    this.maxConnections = maxConnections;
  }

  /// What new requests see.
  public ProxyConfig config() {
    return config;
  }

  /// Makes `next` what new requests see.
  public void config(ProxyConfig next) {
    config = next;
  }

  /// How many client connections there may be.
  public int maxConnections() {
    return maxConnections;
  }

  /// How many client connections are open.
  public int connections() {
    return connections.get();
  }

  /// Counts a new connection; false where it is one too many (it counts until it is closed all the
  /// same).
  boolean opened() {
    return connections.incrementAndGet() <= maxConnections;
  }

  /// The number of the next connection.
  long nextNumber() {
    return numbers.incrementAndGet();
  }

  void closed() {
    connections.decrementAndGet();
  }
}
