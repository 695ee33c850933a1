package dev.lintel.proxy.edge;

import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.exchange.ClientAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What all connections of one proxy look at: the configuration in force, and how many of them
/// there may be. Shared by all loops.
public final class ServerState {
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final SourceConnections sources = new SourceConnections();
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

  /// Counts a new connection of this client as one of its source, where that is limited; to be told
  /// of its end.
  ///
  /// @return null where there is no limit
  SourceConnections.@Nullable Count count(ClientAddress client) {
    return config.settings().connectionsPerSource() > 0 ? sources.add(client) : null;
  }

  /// Whether the source of a counted connection has more than it may have.
  boolean isCrowded(SourceConnections.Count source) {
    int most = config.settings().connectionsPerSource();
    return most > 0 && source.open() > most;
  }

  /// The number of the next connection.
  long nextNumber() {
    return numbers.incrementAndGet();
  }

  void closed() {
    connections.decrementAndGet();
  }
}
