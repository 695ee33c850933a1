package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.Choice;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one loop keeps of one upstream: whose turn it is, and the connections that wait for their
/// next request. Used on that loop only.
public final class UpstreamPool {
  private static final int SWEEP_MILLIS = 1_000;

  /// Before the first endpoints came.
  private static final int NOBODYS = -1;

  private final Upstream upstream;
  private final Loop loop;
  private final Timer sweeper =
      new Timer() {
        @Override
        protected void onTimeout() {
          sweep();
        }
      };
  private final HandshakeLog handshakes;
  private EndpointTable known = EndpointTable.EMPTY;
  private EndpointPool[] members = {};

  /// Those elsewhere, and those left out for a while; their connections are not kept.
  private EndpointPool[] spares = {};

  private @Nullable PoolCandidates candidates;
  private int turn = NOBODYS;
  private int spareTurn;
  private int idle;
  private int lowest;
  private @Nullable EndpointWaits waits;
  private boolean closed;

  UpstreamPool(Upstream upstream, Loop loop) {
    this.upstream = upstream;
    this.loop = loop;
    this.handshakes = new HandshakeLog(loop);
  }

  Loop loop() {
    return loop;
  }

  /// Where handshakes that fail are told of.
  HandshakeLog handshakes() {
    return handshakes;
  }

  UpstreamSettings settings() {
    return upstream.settings();
  }

  /// A connection to the endpoint whose turn it is, of those not tried yet: one that waited, or a
  /// new one, of which `listener` is told when it is there. Null where there is no endpoint (left).
  ///
  /// @param attempts the chosen endpoint is added
  public @Nullable UpstreamCall acquire(
      UpstreamListener listener, Attempts attempts, int connectTimeoutMillis) {
    adopt();
    boolean fresh = attempts.isOldAvoided();
    EndpointPool chosen = pick(attempts);
    if (chosen == null) {
      chosen = spare(attempts);
    }
    if (chosen == null) {
      return null;
    }
    attempts.add(chosen, known.set().unready());
    Multiplexing multiplexing = settings().multiplexing();
    if (multiplexing != null) {
      return shared(multiplexing, chosen).open(listener, connectTimeoutMillis, fresh);
    }
    UpstreamConnection connection = fresh ? null : waiting(chosen, attempts.isOnce());
    if (connection == null) {
      return connect(listener, chosen, connectTimeoutMillis);
    }
    connection.lease(listener);
    return connection;
  }

  /// Has a request wait for the first endpoints, where they are being looked for.
  ///
  /// @param millis how long at most
  /// @return false where there is nothing to wait for, or too many wait already
  public boolean await(EndpointWaiter waiter, int millis) {
    if (!upstream.isExpecting()) {
      return false;
    }
    EndpointWaits all = waits;
    if (all == null) {
      all = new EndpointWaits(loop);
      waits = all;
    }
    return all.add(waiter, millis);
  }

  /// Ends such a wait without telling.
  public void leave(EndpointWaiter waiter) {
    EndpointWaits all = waits;
    if (all != null) {
      all.remove(waiter);
    }
  }

  /// The endpoints are others.
  void changed() {
    loop.begin();
    adopt();
    EndpointWaits all = waits;
    if (all != null && !upstream.isExpecting()) {
      waits = null;
      all.end();
    }
    loop.end();
  }

  private SharedConnections shared(Multiplexing multiplexing, EndpointPool chosen) {
    SharedConnections shared = chosen.shared;
    if (shared == null) {
      shared = multiplexing.connections(loop, chosen.endpoint, settings());
      chosen.shared = shared;
    }
    return shared;
  }

  /// One of those elsewhere, in turn, or of those left out: where all others failed, it is better
  /// than none. Null where there is none either.
  private @Nullable EndpointPool spare(Attempts attempts) {
    int standIns = known.standIns();
    for (int i = 0; i < spares.length; i++) {
      EndpointPool each = spares[i < standIns ? (i + spareTurn) % standIns : i];
      if (!attempts.includes(each.endpoint)) {
        spareTurn = (spareTurn + 1) % spares.length;
        return each;
      }
    }
    return null;
  }

  /// The endpoint for the next try; null where none is left.
  @Nullable EndpointPool pick(Attempts attempts) {
    if (members.length == 0) {
      return null;
    }
    if (attempts.isConstrained()) {
      int picked = pickAmong(attempts);
      return picked < 0 ? null : members[picked];
    }
    return members[next()];
  }

  private int next() {
    int count = members.length;
    int at = turn >= count ? turn % count : turn;
    turn = at + 1;
    return at;
  }

  private int pickAmong(Attempts attempts) {
    Balancer balancer = attempts.balancer();
    Choice choice = attempts.choice();
    if (balancer == null || choice == null) {
      return inTurn(attempts);
    }
    PoolCandidates from = candidates;
    if (from == null) {
      from = new PoolCandidates(this, loop);
      candidates = from;
    }
    from.begin(members, known.derived(), attempts);
    int picked = balancer.pick(from, choice);
    if (balancer.isCounting()) {
      if (attempts.isRepeatAllowed()) {
        choice.left(); // an old connection says nothing about its endpoint
      }
      choice.begin(picked < 0 ? null : known.derived().load(picked), loop.nanos());
    }
    return picked;
  }

  /// The endpoint whose turn it is, of those not tried; -1 where none is left. There is at least
  /// one endpoint.
  int inTurn(Attempts attempts) {
    int first = next();
    int at = first;
    while (attempts.includes(members[at].endpoint)) {
      at = at + 1 == members.length ? 0 : at + 1;
      if (at == first) {
        return attempts.isRepeatAllowed() ? at : -1;
      }
    }
    turn = at + 1;
    return at;
  }

  /// Loops begin as far apart as they can, so that few requests on many loops are spread as well:
  /// the next loop in the middle of the largest gap (van der Corput's sequence).
  private int firstTurn(int count) {
    double offset = Integer.toUnsignedLong(Integer.reverse(loop.index())) / 0x1p32;
    double place = (upstream.phase() + offset) % 1;
    return (int) (place * count);
  }

  /// The one that waited least, which is the least likely to end; null where a new one is better.
  private @Nullable UpstreamConnection waiting(EndpointPool chosen, boolean once) {
    UpstreamConnection top = chosen.newest();
    while (top != null) {
      if (once && top.isEndNear(loop.nanos())) {
        return null;
      }
      chosen.remove(top);
      idle--;
      lowest = Math.min(lowest, idle);
      if (top.isFit(loop.nanos())) {
        return top;
      }
      top.close();
      top = chosen.newest();
    }
    return null;
  }

  /// A connection of its own to an endpoint of any kind, which is not kept.
  UpstreamCall alone(UpstreamListener listener, Endpoint endpoint, int connectTimeoutMillis) {
    EndpointPool home = new EndpointPool(endpoint);
    home.retired = true;
    return connect(listener, home, connectTimeoutMillis);
  }

  private UpstreamConnection connect(
      UpstreamListener listener, EndpointPool chosen, int connectTimeoutMillis) {
    UpstreamConnection connection = new UpstreamConnection(this, chosen, loop);
    connection.lease(listener);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().connected())
            // The connection's own timer watches over this.
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .handler(connection);
    connection.connecting(connectTimeoutMillis);
    bootstrap.connect(chosen.endpoint.address()).addListener(connection);
    return connection;
  }

  /// Takes a connection back that may serve another request.
  void release(UpstreamConnection connection) {
    EndpointPool home = connection.home;
    if (closed || home.retired || connection.isSpent()) {
      connection.close();
      return;
    }
    home.push(connection);
    idle++;
    connection.rest(settings().idleMillis());
    if (idle > settings().idleConnections() && !sweeper.isArmed()) {
      lowest = idle;
      loop.timers().arm(sweeper, loop.nanos(), SWEEP_MILLIS);
    }
  }

  /// Closes what is more than may wait, as far as nobody needed it since the last time: many
  /// requests that end at once and begin at once would else close connections only to make new
  /// ones.
  private void sweep() {
    int excess = Math.min(idle - settings().idleConnections(), lowest);
    int at = 0;
    while (excess > 0 && idle > 0) {
      UpstreamConnection oldest = members[at].oldest();
      if (oldest != null) {
        forget(oldest);
        oldest.close();
        excess--;
      }
      at = at + 1 == members.length ? 0 : at + 1;
    }
    lowest = idle;
    if (idle > settings().idleConnections()) {
      loop.timers().arm(sweeper, loop.nanos(), SWEEP_MILLIS);
    }
  }

  /// A connection that waited is gone.
  void forget(UpstreamConnection connection) {
    connection.home.remove(connection);
    idle--;
  }

  /// Takes over a changed set of endpoints. Pools of endpoints that stay are kept.
  @SuppressWarnings("ReferenceEquality") // asked for each request: a set is never changed in place
  void adopt() {
    EndpointTable current = upstream.table();
    if (current == known) {
      return;
    }
    known = current;
    EndpointPool[] before = Arrays.copyOf(members, members.length + spares.length);
    System.arraycopy(spares, 0, before, members.length, spares.length);
    members = adopt(before, current.used(), 0);
    spares = adopt(before, current.spare(), members.length);
    if (turn == NOBODYS && members.length > 0) {
      turn = firstTurn(members.length);
    }
    for (EndpointPool each : members) {
      each.retired = false;
    }
    retire(spares);
    retire(before);
  }

  /// @param first the index of the first of them in the table
  private EndpointPool[] adopt(
      @Nullable EndpointPool[] before, List<Endpoint> endpoints, int first) {
    EndpointPool[] after = new EndpointPool[endpoints.size()];
    for (int i = 0; i < after.length; i++) {
      Endpoint endpoint = endpoints.get(i);
      EndpointPool kept = take(before, endpoint);
      after[i] = kept == null ? new EndpointPool(endpoint) : kept;
      after[i].health = known.health(first + i);
    }
    return after;
  }

  private static @Nullable EndpointPool take(@Nullable EndpointPool[] pools, Endpoint endpoint) {
    for (int i = 0; i < pools.length; i++) {
      EndpointPool pool = pools[i];
      if (pool != null && pool.endpoint.equals(endpoint)) {
        pools[i] = null;
        return pool;
      }
    }
    return null;
  }

  private void retire(@Nullable EndpointPool[] pools) {
    for (EndpointPool pool : pools) {
      if (pool != null) {
        pool.retired = true;
        empty(pool);
      }
    }
  }

  /// Closes what waits; what is in use is closed when it ends.
  void close() {
    closed = true;
    for (EndpointPool pool : members) {
      empty(pool);
    }
  }

  private void empty(EndpointPool pool) {
    for (UpstreamConnection c = pool.oldest(); c != null; c = pool.oldest()) {
      forget(c);
      c.close();
    }
    SharedConnections shared = pool.shared;
    if (shared != null) {
      pool.shared = null;
      shared.retire();
    }
  }
}
