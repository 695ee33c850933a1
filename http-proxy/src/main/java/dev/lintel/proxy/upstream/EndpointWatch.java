package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.guard.CheckSettings;
import dev.lintel.proxy.upstream.guard.EndpointHealth;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.guard.UpstreamHealth;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Leaves endpoints of one upstream out and takes them back. It decides on a thread beside the
/// event loops, where another table may be worked out.
///
/// When the time of an ejected endpoint is over, a connection is made to it before any request goes
/// there again: where that fails, it is left out for longer, and no request pays for finding out.
final class EndpointWatch {
  private static final EventExecutor BESIDE = GlobalEventExecutor.INSTANCE;
  private static final int TRIAL_MILLIS = 2_000;
  private static final int AGAIN_MILLIS = 250;

  private final Upstream upstream;
  private final Object lock;
  private final UpstreamHealth health;
  private final HealthSettings settings;
  private final Map<EndpointHealth, HealthCheck> checks = new HashMap<>();
  private List<Loop> loops = List.of();
  private volatile boolean closed;

  /// @param lock that of the upstream's table
  EndpointWatch(Upstream upstream, Object lock, HealthSettings settings, HealthReport report) {
    this.upstream = upstream;
    this.lock = lock;
    this.settings = settings;
    this.health =
        new UpstreamHealth(
            upstream.name(),
            settings,
            report,
            suspect -> BESIDE.execute(() -> weigh(suspect))); // told on event loops
  }

  UpstreamHealth health() {
    return health;
  }

  // ------------------------------------------------------- under the lock of the upstream

  /// Takes over another set.
  void adopt(EndpointSet set) {
    List<InetSocketAddress> addresses = new ArrayList<>(set.all().size());
    for (Endpoint endpoint : set.all()) {
      addresses.add(endpoint.address());
    }
    health.adopt(addresses, System.nanoTime());
    checkAll();
  }

  /// Takes over what another upstream knows.
  void inherit(EndpointWatch before) {
    health.inherit(before.health);
    long now = System.nanoTime();
    for (EndpointHealth each : health.all()) {
      if (each.isEjected()) {
        later(() -> tryAgain(each), each.leftMillis(now));
      }
    }
  }

  /// Asks endpoints on these loops from now on, where any are to be asked.
  void check(List<Loop> on) {
    loops = on;
    checkAll();
  }

  private void checkAll() {
    CheckSettings check = settings.check();
    if (check == null || closed || loops.isEmpty()) {
      return;
    }
    checks
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !health.includes(each.getKey());
              if (gone) {
                each.getValue().stop();
              }
              return gone;
            });
    for (EndpointHealth each : health.all()) {
      if (!checks.containsKey(each)) {
        // One loop for each endpoint: with many loops, none is asked more often.
        Loop loop = loops.get(Math.floorMod(each.address().hashCode(), loops.size()));
        HealthCheck made =
            new HealthCheck(
                upstream,
                loop,
                new Endpoint(each.address()),
                check,
                isGood -> BESIDE.execute(() -> checked(each, isGood)));
        checks.put(each, made);
        made.start();
      }
    }
  }

  /// Leaves everything as it is from now on.
  void close() {
    closed = true;
    checks.values().forEach(HealthCheck::stop);
    checks.clear();
  }

  // ------------------------------------------------------- on the thread beside the loops

  private void later(Runnable task, long millis) {
    BESIDE.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private void checked(EndpointHealth endpoint, boolean isGood) {
    if (!closed) {
      upstream.change(() -> health.checked(endpoint, isGood));
    }
  }

  /// Ejects an endpoint that failed often. Where it may not be ejected for now, one that goes on
  /// failing is looked at again, but not at each failure.
  private void weigh(EndpointHealth suspect) {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    if (upstream.change(() -> health.eject(suspect, now))) {
      later(() -> tryAgain(suspect), settings.ejectionMillis());
    } else {
      later(suspect::acquit, AGAIN_MILLIS);
    }
  }

  private void tryAgain(EndpointHealth ejected) {
    long left = leftMillis(ejected);
    if (closed || left < 0) {
      return;
    }
    if (left > 0) {
      later(() -> tryAgain(ejected), left);
      return;
    }
    UpstreamPool pool = upstream.anyPool();
    if (pool == null) {
      triedAgain(ejected, true); // nobody sent a request yet
      return;
    }
    try {
      pool.loop()
          .eventLoop()
          .execute(
              () ->
                  reach(
                      pool.loop(),
                      ejected.address(),
                      reached -> BESIDE.execute(() -> triedAgain(ejected, reached))));
    } catch (RejectedExecutionException _) {
      closed = true; // the loops have ended, and so has everything
    }
  }

  /// Until when an endpoint is ejected; below 0 where it is not.
  private long leftMillis(EndpointHealth endpoint) {
    synchronized (lock) {
      return endpoint.isEjected() && health.includes(endpoint)
          ? endpoint.leftMillis(System.nanoTime())
          : -1;
    }
  }

  private static void reach(Loop loop, InetSocketAddress address, Consumer<Boolean> outcome) {
    new Bootstrap()
        .group(loop.eventLoop())
        .channel(loop.transport().connected())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TRIAL_MILLIS)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(address)
        .addListener(
            (ChannelFutureListener)
                future -> {
                  outcome.accept(future.isSuccess());
                  future.channel().close();
                });
  }

  private void triedAgain(EndpointHealth ejected, boolean isReached) {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    if (isReached) {
      upstream.change(() -> health.readmit(ejected, now));
      return;
    }
    long millis;
    synchronized (lock) {
      millis = health.extend(ejected, now);
    }
    if (millis > 0) {
      later(() -> tryAgain(ejected), millis);
    }
  }
}
