package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.balance.Derivation;
import dev.lintel.proxy.upstream.balance.EndpointKeys;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.guard.RetryBudget;
import dev.lintel.proxy.upstream.guard.UpstreamHealth;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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
  private final @Nullable EndpointWatch watch;
  private final Object tables = new Object();
  private Set<Derivation> wanted = Set.of();
  private volatile EndpointTable table = EndpointTable.EMPTY;
  private boolean hadEndpoints;
  private volatile boolean expecting;
  private volatile byte @Nullable [] mark;
  private volatile @Nullable UpstreamPool[] pools = {};

  /// An upstream without endpoints, whose rotation begins with the first one, and which leaves none
  /// out.
  public Upstream(String name, UpstreamSettings settings, Guard guard) {
    this(name, settings, guard, HealthSettings.OFF, new HealthReport(), 0, null);
  }

  /// An upstream without endpoints.
  ///
  /// @param health when endpoints are left out
  /// @param report is told of it
  /// @param phase where its rotation begins, as a part of the whole from 0 to below 1: replicas of
  ///   the proxy had better not all begin with the same endpoint
  /// @param secure serves clients that came over TLS, at the same endpoints over connections of its
  ///   own, and follows this one in everything; null where this one serves them as well
  public Upstream(
      String name,
      UpstreamSettings settings,
      Guard guard,
      HealthSettings health,
      HealthReport report,
      double phase,
      @Nullable Upstream secure) {
    this.name = name;
    this.phase = phase;
    this.settings = settings;
    this.guard = guard;
    this.secure = secure;
    this.watch = health.isOff() ? null : new EndpointWatch(this, tables, health, report);
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

  /// The endpoints there are, those that are left out included.
  public EndpointSet endpoints() {
    return table.set();
  }

  /// Whether requests for it have nowhere to go, and nothing to wait for.
  public boolean isDeserted() {
    return table.set().endpoints().isEmpty() && !expecting;
  }

  /// Its first endpoints are being looked for: requests wait for the next call of
  /// [#endpoints(EndpointSet)], whatever that brings.
  public void expectEndpoints() {
    expecting = true;
    if (secure != null) {
      secure.expectEndpoints();
    }
  }

  /// Whether its first endpoints are being looked for.
  public boolean isExpecting() {
    return expecting;
  }

  EndpointTable table() {
    return table;
  }

  /// What is known of its endpoints; null where none is ever left out. Under [#change] only.
  @Nullable UpstreamHealth health() {
    return watch == null ? null : watch.health();
  }

  /// Takes over another set, from any thread but an event loop: what is not in it is not picked any
  /// more, requests on their way end by themselves.
  public void endpoints(EndpointSet set) {
    synchronized (tables) {
      if (watch != null) {
        watch.adopt(set);
      }
      table = EndpointTable.of(name, set, health(), wanted, table, !hadEndpoints);
      hadEndpoints |= !set.endpoints().isEmpty();
    }
    expecting = false; // before the pools are looked at: one that is made meanwhile sees it
    if (secure != null) {
      secure.endpoints(set);
    }
    adopt();
  }

  /// Changes what is known of endpoints, and has others picked from then on; not on event loops.
  ///
  /// @param change is asked under the lock, and says whether anything changed
  boolean change(BooleanSupplier change) {
    synchronized (tables) {
      if (!change.getAsBoolean()) {
        return false;
      }
      table = EndpointTable.of(name, table.set(), health(), wanted, table, false);
    }
    adopt();
    return true;
  }

  /// Takes over what another upstream that it replaces knows of the endpoints; before it gets any.
  public void inherit(Upstream before) {
    EndpointWatch old = before.watch;
    if (watch != null && old != null) {
      synchronized (before.tables) {
        synchronized (tables) {
          watch.inherit(old);
        }
      }
    }
    if (secure != null && before.secure != null) {
      secure.inherit(before.secure);
    }
  }

  /// Has endpoints asked whether they are well, where that is wanted, on these loops.
  public void check(List<Loop> loops) {
    if (watch != null) {
      synchronized (tables) {
        watch.check(loops);
      }
    }
    if (secure != null) {
      secure.check(loops);
    }
  }

  /// How many of its endpoints are left out, and why.
  ///
  /// @param ejected after they failed requests
  /// @param unwell after they failed checks
  /// @param isPanicking whether all are used nevertheless, for too few are well
  public record Standing(int ejected, int unwell, boolean isPanicking) {
    private static final Standing ALL_WELL = new Standing(0, 0, false);

    private Standing plus(Standing other) {
      return new Standing(
          ejected + other.ejected, unwell + other.unwell, isPanicking || other.isPanicking);
    }
  }

  /// How its endpoints do now.
  public Standing standing() {
    Standing own = Standing.ALL_WELL;
    synchronized (tables) {
      UpstreamHealth health = health();
      if (health != null) {
        own = new Standing(health.ejected(), health.unwell(), health.isPanicking());
      }
    }
    return secure == null ? own : own.plus(secure.standing());
  }

  /// Appends a line for each endpoint: its address, and whether it is used.
  public void describe(StringBuilder text) {
    long now = System.nanoTime();
    synchronized (tables) {
      UpstreamHealth health = health();
      EndpointSet set = table.set();
      Set<Endpoint> used = new HashSet<>(table.used());
      for (Endpoint endpoint : set.all()) {
        text.append("  ").append(endpoint.name()).append(' ');
        boolean isElsewhere = set.elsewhere().contains(endpoint);
        if (isElsewhere) {
          text.append("of another zone, ");
        }
        text.append(health == null ? "used" : health.describe(endpoint.address(), now));
        if (isElsewhere && !used.contains(endpoint)) {
          text.append(" if needed");
        }
        text.append('\n');
      }
    }
    if (secure != null) {
      text.append("  for clients that came over TLS:\n");
      secure.describe(text);
    }
  }

  private void adopt() {
    for (UpstreamPool pool : pools) {
      if (pool != null) {
        pool.loop().eventLoop().execute(pool::changed);
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
      table = EndpointTable.of(name, table.set(), health(), now, table, true);
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

  /// A pool of any loop that has one; null where no loop has.
  @Nullable UpstreamPool anyPool() {
    for (UpstreamPool pool : pools) {
      if (pool != null) {
        return pool;
      }
    }
    return null;
  }

  /// Closes the connections that wait; those in use end by themselves. From any thread.
  public void close() {
    if (watch != null) {
      synchronized (tables) {
        watch.close();
      }
    }
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
