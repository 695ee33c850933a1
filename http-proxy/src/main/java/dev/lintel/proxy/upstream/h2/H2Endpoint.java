package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.HandshakeLog;
import dev.lintel.proxy.upstream.SharedConnections;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import dev.lintel.proxy.upstream.UpstreamSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The connections of one loop to one endpoint, and the calls that wait for a place on one.
///
/// A connection takes as many calls as its peer allows; only where all are full another one is
/// made, up to a limit. Connections that end (GOAWAY, age) leave this list at once and serve what
/// they carry.
final class H2Endpoint implements SharedConnections {
  private static final int MOST_CONNECTIONS = 8;
  private static final int MOST_WAITING = 1024;

  /// Calls a connection is expected to take before its peer has said how many.
  private static final int EXPECTED_STREAMS = 100;

  final H2Multiplexing protocol;
  final Loop loop;
  final Endpoint endpoint;
  final UpstreamSettings settings;
  final HandshakeLog handshakes;

  private final List<H2UpstreamConnection> connections = new ArrayList<>(1);
  private final ArrayDeque<H2Call> waiting = new ArrayDeque<>();
  private boolean retired;

  H2Endpoint(H2Multiplexing protocol, Loop loop, Endpoint endpoint, UpstreamSettings settings) {
    this.protocol = protocol;
    this.loop = loop;
    this.endpoint = endpoint;
    this.settings = settings;
    this.handshakes = new HandshakeLog(loop);
  }

  @Override
  public @Nullable UpstreamCall open(UpstreamListener listener, int connectTimeoutMillis) {
    if (waiting.size() >= MOST_WAITING) {
      return null;
    }
    H2Call call = new H2Call(this, listener);
    H2UpstreamConnection free = waiting.isEmpty() ? free() : null;
    if (free == null) {
      waiting.add(call);
      call.await(connectTimeoutMillis);
      grow(connectTimeoutMillis);
    } else {
      call.attach(free);
    }
    return call;
  }

  private @Nullable H2UpstreamConnection free() {
    for (int i = 0; i < connections.size(); i++) {
      H2UpstreamConnection each = connections.get(i);
      if (each.hasPlace()) {
        return each;
      }
    }
    return null;
  }

  /// Makes another connection where those that are being made do not suffice.
  private void grow(int connectTimeoutMillis) {
    int expected = 0;
    for (int i = 0; i < connections.size(); i++) {
      expected += connections.get(i).isConnecting() ? EXPECTED_STREAMS : 0;
    }
    if (waiting.size() > expected && connections.size() < MOST_CONNECTIONS && !retired) {
      connect(connectTimeoutMillis);
    }
  }

  private void connect(int timeoutMillis) {
    H2UpstreamConnection made = new H2ConnectionBuilder(this).build();
    connections.add(made);
    made.connecting(timeoutMillis);
    new Bootstrap()
        .group(loop.eventLoop())
        .channel(loop.transport().connected())
        // The connection's own timer watches over this.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .handler(new H2Pipeline(made, protocol.tls(), endpoint.address()))
        .connect(endpoint.address())
        .addListener(made);
  }

  /// There may be places again: those who waited longest get them.
  void serve() {
    while (!waiting.isEmpty()) {
      H2UpstreamConnection free = free();
      H2Call first = free == null ? null : waiting.poll();
      if (free == null || first == null) {
        break;
      }
      first.connected(free);
    }
    H2Call first = waiting.peek();
    if (first != null) {
      grow(first.connectTimeoutMillis());
    }
  }

  /// A call does not wait any more.
  void forget(H2Call call) {
    waiting.remove(call);
  }

  /// A connection takes no more calls.
  void remove(H2UpstreamConnection gone) {
    connections.remove(gone);
  }

  /// A connection did not come about. Those who wait for a place elsewhere go on waiting.
  void connectFailed(H2UpstreamConnection lost, ProxyFailure why) {
    connections.remove(lost);
    if (connections.isEmpty()) {
      failWaiting(why);
    }
  }

  private void failWaiting(ProxyFailure why) {
    // What is opened meanwhile, by another try, is not meant.
    for (int left = waiting.size(); left > 0 && !waiting.isEmpty(); left--) {
      H2Call call = waiting.poll();
      if (call != null) {
        call.fail(why);
      }
    }
  }

  @Override
  public void retire() {
    retired = true;
    for (H2UpstreamConnection each : List.copyOf(connections)) {
      each.drain();
    }
    failWaiting(ProxyFailure.UPSTREAM_REFUSED);
  }
}
