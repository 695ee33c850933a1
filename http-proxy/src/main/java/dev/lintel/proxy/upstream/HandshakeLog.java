package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log why TLS handshakes with upstreams fail, but not of each of many: who reads this
/// wants the reason, and all of them are counted elsewhere. Used on one loop.
public final class HandshakeLog {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeLog.class);
  private static final long REST_NANOS = 10_000_000_000L;

  private final Loop loop;
  private long told;
  private boolean resting;

  /// Nothing was told yet.
  public HandshakeLog(Loop loop) {
    this.loop = loop;
  }

  /// A handshake failed.
  public void tell(Endpoint endpoint, Throwable cause) {
    long now = loop.nanos();
    if (resting && now - told < REST_NANOS) {
      return;
    }
    resting = true;
    told = now;
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    LOG.warn("no TLS with the upstream at {}: {}", endpoint.text(), reason.getMessage());
  }
}
