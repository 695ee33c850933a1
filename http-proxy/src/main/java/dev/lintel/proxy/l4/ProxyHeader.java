package dev.lintel.proxy.l4;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What a PROXY header says of a connection: two addresses of one family, or nothing, where the
/// proxy opened it for itself (`LOCAL`, a health check) or does not say (`UNKNOWN`, `AF_UNSPEC`,
/// `AF_UNIX`). Then the connection's own addresses hold.
///
/// @param source who opened the connection to the proxy
/// @param destination what it was opened to
public record ProxyHeader(
    @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
  /// Says nothing.
  static final ProxyHeader SILENT = new ProxyHeader(null, null);
}
