package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.SharedConnections;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import dev.lintel.proxy.upstream.UpstreamSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The connections of one loop to one endpoint; of those that are kept, the one used last is used
/// next.
final class FcgiEndpoint implements SharedConnections {
  private static final long NANOS_PER_MILLI = 1_000_000;

  final FastCgi protocol;
  final Loop loop;
  final Endpoint endpoint;
  final UpstreamSettings settings;
  final FcgiErrors errors;

  private final ArrayDeque<FcgiConnection> idle = new ArrayDeque<>();
  private boolean retired;

  FcgiEndpoint(FastCgi protocol, Loop loop, Endpoint endpoint, UpstreamSettings settings) {
    this.protocol = protocol;
    this.loop = loop;
    this.endpoint = endpoint;
    this.settings = settings;
    this.errors = new FcgiErrors(loop, endpoint);
  }

  @Override
  public UpstreamCall open(UpstreamListener listener, int connectTimeoutMillis, boolean fresh) {
    FcgiConnection waiting = fresh ? null : waiting();
    if (waiting != null) {
      waiting.lease(listener);
      return waiting;
    }
    FcgiConnection made = new FcgiConnection(this);
    made.lease(listener);
    made.connecting(connectTimeoutMillis);
    new Bootstrap()
        .group(loop.eventLoop())
        .channel(loop.transport().connected())
        // The connection's own timer watches over this.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .handler(made)
        .connect(endpoint.address())
        .addListener(made);
    return made;
  }

  private @Nullable FcgiConnection waiting() {
    FcgiConnection waiting = idle.pollLast();
    while (waiting != null && !isYoung(waiting)) {
      waiting.close();
      waiting = idle.pollLast();
    }
    return waiting;
  }

  private boolean isYoung(FcgiConnection connection) {
    return loop.nanos() - connection.birth() < settings.maxAgeMillis() * NANOS_PER_MILLI;
  }

  /// Takes a connection back that may serve another request; closes it where there is no place.
  void release(FcgiConnection connection) {
    if (retired
        || connection.served() >= settings.requestsPerConnection()
        || idle.size() >= settings.idleConnections()) {
      connection.close();
      return;
    }
    idle.addLast(connection);
    connection.rest(settings.idleMillis());
  }

  /// A connection that waited is gone.
  void forget(FcgiConnection connection) {
    idle.remove(connection);
  }

  /// One that waited was closed by its other end before anybody knew: so were the others, as a
  /// rule, and a request that is sent again had better not meet them.
  void distrust() {
    for (FcgiConnection each = idle.pollLast(); each != null; each = idle.pollLast()) {
      each.close();
    }
  }

  @Override
  public void retire() {
    retired = true;
    distrust();
  }
}
