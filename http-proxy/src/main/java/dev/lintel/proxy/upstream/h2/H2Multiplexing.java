package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.Multiplexing;
import dev.lintel.proxy.upstream.SharedConnections;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.tls.UpstreamTls;
import org.jspecify.annotations.Nullable;

/// HTTP/2, with prior knowledge (RFC 9113 3.3) or over TLS.
///
/// @param tls what speaks TLS to the upstream and offers `h2`; null for clear text
/// @param pingAfterMillis silence of a connection in use after which it is asked whether it lives
/// @param pingAgainMillis the same where nothing but answers to pings came since: servers of gRPC
///   take more than one ping in five minutes without anything to say for abuse
/// @param pingTimeoutMillis how long the answer may take
public record H2Multiplexing(
    @Nullable UpstreamTls tls, int pingAfterMillis, int pingAgainMillis, int pingTimeoutMillis)
    implements Multiplexing {
  /// With prior knowledge.
  public static final H2Multiplexing CLEAR = over(null);

  /// Over TLS where `tls` is not null.
  public static H2Multiplexing over(@Nullable UpstreamTls tls) {
    return new H2Multiplexing(tls, 30_000, 310_000, 10_000);
  }

  @Override
  public SharedConnections connections(Loop loop, Endpoint endpoint, UpstreamSettings settings) {
    return new H2Endpoint(this, loop, endpoint, settings);
  }
}
