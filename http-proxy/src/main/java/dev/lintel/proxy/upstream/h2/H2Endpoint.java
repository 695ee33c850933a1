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

  /// Those that wait for a connection that has not answered yet.
  private final ArrayDeque<H2Call> wary = new ArrayDeque<>(0);

  private boolean retired;

  H2Endpoint(H2Multiplexing protocol, Loop loop, Endpoint endpoint, UpstreamSettings settings) {
    this.protocol = protocol;
    this.loop = loop;
    this.endpoint = endpoint;
    this.settings = settings;
    this.handshakes = new HandshakeLog(loop);
  }

  @Override
  public @Nullable UpstreamCall open(
      UpstreamListener listener, int connectTimeoutMillis, boolean fresh) {
    boolean isWary = fresh && connections.size() < MOST_CONNECTIONS;
    ArrayDeque<H2Call> queue = isWary ? wary : waiting;
    if (queue.size() >= MOST_WAITING) {
      return null;
    }
    H2Call call = new H2Call(this, listener);
    H2UpstreamConnection free = queue.isEmpty() ? free(isWary) : null;
    if (free == null) {
      queue.add(call);
      call.await(connectTimeoutMillis);
      grow(connectTimeoutMillis);
    } else {
      call.attach(free);
    }
    return call;
  }

  private @Nullable H2UpstreamConnection free(boolean fresh) {
    for (int i = 0; i < connections.size(); i++) {
      H2UpstreamConnection each = connections.get(i);
      if (each.hasPlace() && !(fresh && each.hasAnswered())) {
        return each;
      }
    }
    return null;
  }

  /// Makes another connection where those that are being made do not suffice.
  private void grow(int connectTimeoutMillis) {
    if (waiting.size() + wary.size() > connecting() * EXPECTED_STREAMS
        && connections.size() < MOST_CONNECTIONS
        && !retired) {
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
    serve(wary, true);
    serve(waiting, false);
  }

  private void serve(ArrayDeque<H2Call> queue, boolean fresh) {
    while (!queue.isEmpty()) {
      H2UpstreamConnection free = free(fresh && connections.size() < MOST_CONNECTIONS);
      H2Call first = free == null ? null : queue.poll();
      if (free == null || first == null) {
        break;
      }
      first.connected(free);
    }
    H2Call first = queue.peek();
    if (first != null) {
      grow(first.connectTimeoutMillis());
    }
  }

  /// A call does not wait any more.
  void forget(H2Call call) {
    waiting.remove(call);
    wary.remove(call);
  }

  /// A connection takes no more calls.
  void remove(H2UpstreamConnection gone) {
    connections.remove(gone);
  }

  /// A connection did not come about. Those who wait for a place elsewhere go on waiting.
  void connectFailed(H2UpstreamConnection lost, ProxyFailure why) {
    connections.remove(lost);
    if (connecting() == 0) {
      failAll(wary, why);
    }
    if (connections.isEmpty()) {
      failAll(waiting, why);
    }
  }

  /// How many connections are being made.
  private int connecting() {
    int count = 0;
    for (int i = 0; i < connections.size(); i++) {
      count += connections.get(i).isConnecting() ? 1 : 0;
    }
    return count;
  }

  private static void failAll(ArrayDeque<H2Call> queue, ProxyFailure why) {
    // What is opened meanwhile, by another try, is not meant.
    for (int left = queue.size(); left > 0 && !queue.isEmpty(); left--) {
      H2Call call = queue.poll();
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
    failAll(wary, ProxyFailure.UPSTREAM_REFUSED);
    failAll(waiting, ProxyFailure.UPSTREAM_REFUSED);
  }
}
