package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Timer;

/// How long a client may keep back the rest of its request's body.
final class H2BodyDeadline extends Timer {
  private final H2Connection connection;
  private final Exchange exchange;

  H2BodyDeadline(H2Connection connection, Exchange exchange) {
    this.connection = connection;
    this.exchange = exchange;
  }

  void start() {
    connection.arm(this, connection.settings().bodyTimeoutMillis());
  }

  void stop() {
    connection.loop().timers().cancel(this);
  }

  void remove() {
    connection.loop().timers().remove(this);
  }

  @Override
  protected void onTimeout() {
    exchange.fail(ProxyFailure.BODY_TIMEOUT);
  }
}
