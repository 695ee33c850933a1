package dev.lintel.proxy;

import dev.lintel.proxy.observe.Metrics;
import java.time.Duration;

/// The proxy: listens, and answers as the newest published configuration says.
public final class ProxyServer implements AutoCloseable {
  private final ProxyOptions options;
  private volatile ProxyConfig config;

  private ProxyServer(ProxyOptions options, ProxyConfig config) {
    this.options = options;
    this.config = config;
  }

  /// Listens on the ports of `options` and serves `first`.
  ///
  /// @throws AddressInUse where one of the ports is taken
  public static ProxyServer start(ProxyOptions options, ProxyConfig first) throws AddressInUse {
    return new ProxyServer(options, first);
  }

  /// Makes `next` what new requests see, in one step, from any thread.
  public void publish(ProxyConfig next) {
    config = next;
  }

  /// What new requests see now.
  public ProxyConfig config() {
    return config;
  }

  /// The port of plain HTTP.
  public int httpPort() {
    return options.httpPort();
  }

  /// The port of HTTPS.
  public int httpsPort() {
    return options.httpsPort();
  }

  /// What is counted.
  public Metrics metrics() {
    return options.metrics();
  }

  /// From now on tells clients to open new connections: `Connection: close` with each answer,
  /// GOAWAY. Still accepts.
  public void discourageReuse() {}

  /// Takes no new connections.
  public void stopAccepting() {}

  /// Waits until no request is in flight, but no longer than `limit`; WebSockets are closed with
  /// 1001 when the rest is done or `limit` is near. Blocks the caller.
  ///
  /// @return whether nothing is in flight
  public boolean awaitIdle(Duration limit) {
    return true;
  }

  /// Ends everything at once.
  @Override
  public void close() {}
}
