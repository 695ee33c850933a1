package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.balance.Derivation;
import dev.lintel.proxy.upstream.balance.EndpointKeys;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.RetryBudget;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Endpoints that serve the same thing, and the connections to them. Outlives configurations;
/// shared by all loops, of which each keeps its own connections.
public final class Upstream {
  private final String name;
  private final UpstreamSettings settings;
  private final Guard guard;
  private final @Nullable Upstream secure;
  private final RetryBudget retries = new RetryBudget(System.nanoTime());
  private final double phase;
  private final AtomicInteger turns = new AtomicInteger();
  private final Object tables = new Object();
  private Set<Derivation> wanted = Set.of();
  private volatile EndpointTable table = EndpointTable.EMPTY;
  private boolean hadEndpoints;
  private volatile byte @Nullable [] mark;
  private volatile @Nullable UpstreamPool[] pools = {};

  /// An upstream without endpoints, whose rotation begins with the first one.
  public Upstream(String name, UpstreamSettings settings, Guard guard) {
    this(name, settings, guard, 0, null);
  }

  /// An upstream without endpoints.
  ///
  /// @param phase where its rotation begins, as a part of the whole from 0 to below 1: replicas of
  ///   the proxy had better not all begin with the same endpoint
  /// @param secure serves clients that came over TLS, at the same endpoints over connections of its
  ///   own, and follows this one in everything; null where this one serves them as well
  public Upstream(
      String name,
      UpstreamSettings settings,
      Guard guard,
      double phase,
      @Nullable Upstream secure) {
    this.name = name;
    this.phase = phase;
    this.settings = settings;
    this.guard = guard;
    this.secure = secure;
  }

  /// What serves clients that came over TLS; null where that is no other than what serves all.
  public @Nullable Upstream secure() {
    return secure;
  }

  /// As logs and metrics call it, e.g. `default-shop-http`.
  public String name() {
    return name;
  }

  /// How its connections are kept.
  public UpstreamSettings settings() {
    return settings;
  }

  /// What stands between requests and it.
  public Guard guard() {
    return guard;
  }

  /// How many extra tries it may get.
  public RetryBudget retries() {
    return retries;
  }

  /// Counts connections and sessions that are passed on as they come; the next one goes to the
  /// endpoint with that number, modulo their count. From any loop.
  public int nextTurn() {
    return turns.getAndIncrement() + (int) (phase * Integer.MAX_VALUE);
  }

  /// Where its rotation begins.
  double phase() {
    return phase;
  }

  /// What the value of a cookie says that belongs to it; not to be changed.
  public byte[] mark() {
    byte[] made = mark;
    if (made == null) {
      made = EndpointKeys.mark(name);
      mark = made; // whoever makes it makes the same
    }
    return made;
  }

  /// The endpoints that may be picked now.
  public EndpointSet endpoints() {
    return table.set();
  }

  EndpointTable table() {
    return table;
  }

  /// Takes over another set, from any thread but an event loop: what is not in it is not picked any
  /// more, requests on their way end by themselves.
  public void endpoints(EndpointSet set) {
    synchronized (tables) {
      table = EndpointTable.of(name, set, wanted, table, !hadEndpoints);
      hadEndpoints |= !set.endpoints().isEmpty();
    }
    if (secure != null) {
      secure.endpoints(set);
    }
    for (UpstreamPool pool : pools) {
      if (pool != null) {
        pool.loop().eventLoop().execute(pool::adopt);
      }
    }
  }

  /// Has something worked out of each set of endpoints from now on, until the lease is closed. One
  /// lease for each derivation at a time; not on event loops.
  public Lease derive(Derivation derivation) {
    derive(derivation, true);
    return () -> derive(derivation, false);
  }

  private void derive(Derivation derivation, boolean isWanted) {
    synchronized (tables) {
      Set<Derivation> now = new LinkedHashSet<>(wanted);
      if (isWanted) {
        now.add(derivation);
      } else {
        now.remove(derivation);
      }
      wanted = now;
      table = EndpointTable.of(name, table.set(), now, table, true);
    }
    if (secure != null) {
      secure.derive(derivation, isWanted);
    }
  }

  /// That something is worked out, until it is closed.
  @FunctionalInterface
  public interface Lease extends AutoCloseable {
    @Override
    void close();
  }

  /// What `loop` keeps of this upstream; called on that loop.
  public UpstreamPool pool(Loop loop) {
    @Nullable UpstreamPool[] made = pools;
    int index = loop.index();
    UpstreamPool pool = index < made.length ? made[index] : null;
    return pool == null ? make(loop) : pool;
  }

  private synchronized UpstreamPool make(Loop loop) {
    @Nullable UpstreamPool[] more = Arrays.copyOf(pools, Math.max(pools.length, loop.index() + 1));
    UpstreamPool pool = new UpstreamPool(this, loop);
    more[loop.index()] = pool;
    pools = more;
    return pool;
  }

  /// Closes the connections that wait; those in use end by themselves. From any thread.
  public void close() {
    if (secure != null) {
      secure.close();
    }
    for (UpstreamPool pool : pools) {
      if (pool != null) {
        pool.loop().eventLoop().execute(pool::close);
      }
    }
  }
}
