package dev.lintel.proxy;

import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import java.net.InetAddress;
import java.util.List;

/// What a proxy is started with and keeps until it is closed.
///
/// @param addresses the local addresses to listen on, at least one
/// @param httpPort the port for plain HTTP; 0 for any
/// @param httpsPort the port for HTTPS; 0 for any
/// @param loops how many event loops; 0 for one per processor
/// @param maxConnections how many client connections at most; 0 for what files and memory allow
///   ([dev.lintel.proxy.overload.ConnectionLimit])
/// @param log where requests are logged
/// @param metrics where requests are counted
/// @param spool where long bodies lie that are read whole; closed with the proxy
public record ProxyOptions(
    List<InetAddress> addresses,
    int httpPort,
    int httpsPort,
    int loops,
    int maxConnections,
    AccessLog log,
    Metrics metrics,
    Spool spool) {
  /// With long bodies in the usual directory for temporary files.
  public ProxyOptions(
      List<InetAddress> addresses,
      int httpPort,
      int httpsPort,
      int loops,
      int maxConnections,
      AccessLog log,
      Metrics metrics) {
    this(addresses, httpPort, httpsPort, loops, maxConnections, log, metrics, Spool.usual());
  }

  /// Keeps its own copy of the addresses.
  public ProxyOptions {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address to listen on");
    }
  }
}
