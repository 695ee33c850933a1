package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.RetryBudget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Endpoints that serve the same thing, and the connections to them. Outlives configurations;
/// shared by all loops, of which each keeps its own connections.
public final class Upstream {
  private final String name;
  private final UpstreamSettings settings;
  private final Guard guard;
  private final @Nullable Upstream secure;
  private final RetryBudget retries = new RetryBudget(System.nanoTime());
  private volatile EndpointSet endpoints = EndpointSet.EMPTY;
  private volatile @Nullable UpstreamPool[] pools = {};

  /// An upstream without endpoints.
  public Upstream(String name, UpstreamSettings settings, Guard guard) {
    this(name, settings, guard, null);
  }

  /// One that serves the requests of clients without TLS; those of others go to the same endpoints
  /// over connections of their own.
  ///
  /// @param secure serves clients that came over TLS; follows this one in everything
  public Upstream(String name, UpstreamSettings settings, Guard guard, @Nullable Upstream secure) {
    this.name = name;
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

  /// The endpoints that may be picked now.
  public EndpointSet endpoints() {
    return endpoints;
  }

  /// Takes over another set, from any thread: what is not in it is not picked any more, requests on
  /// their way end by themselves.
  public void endpoints(EndpointSet set) {
    endpoints = set;
    if (secure != null) {
      secure.endpoints(set);
    }
    for (UpstreamPool pool : pools) {
      if (pool != null) {
        pool.loop().eventLoop().execute(pool::adopt);
      }
    }
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
