package dev.lintel.ingress;

import dev.lintel.ingress.link.ConfigLinker;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control loop: objects in, configurations out, on one thread.
///
/// A change after a rest of 20 ms is taken at once; a flurry is gathered (20 ms of quiet, 200 ms at
/// most). Then the newest objects are compiled; an equal plan ends the round, another one is linked
/// and published. Whatever goes wrong leaves the last good configuration in place.
final class Controller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
  private static final Duration REST = Duration.ofMillis(20);
  private static final Duration QUIET = Duration.ofMillis(20);
  private static final Duration CEILING = Duration.ofMillis(200);

  /// Certificates begin and end to be valid, and keys of tickets take turns, without any change of
  /// an object.
  private static final Duration LONGEST = Duration.ofHours(1);

  /// Makes configurations serve.
  interface Outlet {
    /// Publishes; the first call opens the ports.
    void publish(ProxyConfig config, ProxyPlan plan) throws AddressInUse;
  }

  /// Who is told what rounds came to; called on the control thread.
  interface Listener {
    /// A round ended, with or without a new configuration.
    void ended(Round round);

    /// A round failed; what served before still serves.
    void failed(Throwable failure);
  }

  private final Supplier<KubernetesSnapshot> objects;
  private final Function<KubernetesSnapshot, Compilation> compiler;
  private final ConfigLinker linker;
  private final Outlet outlet;
  private final Listener listener;
  private final HoldOff holdOff = new HoldOff(REST, QUIET, CEILING, LONGEST);
  private final Thread thread;
  private @Nullable ProxyPlan serving;
  private long generation;

  /// @param objects the newest snapshot
  /// @param compiler whose results depend on its argument alone
  Controller(
      Supplier<KubernetesSnapshot> objects,
      Function<KubernetesSnapshot, Compilation> compiler,
      ConfigLinker linker,
      Outlet outlet,
      Listener listener) {
    this.objects = objects;
    this.compiler = compiler;
    this.linker = linker;
    this.outlet = outlet;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("control").daemon().unstarted(this::loop);
  }

  /// Runs the first round on the caller's thread, then starts the loop's own. To be called once the
  /// objects are complete: nothing is published before.
  ///
  /// @throws AddressInUse if the first configuration cannot serve for lack of a port
  void start() throws AddressInUse {
    listener.ended(compileAndPublish());
    thread.start();
  }

  /// An object changed that a plan may depend on. From any thread.
  void changed() {
    holdOff.changed();
  }

  private void loop() {
    try {
      while (holdOff.await()) {
        round();
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  private void round() {
    try {
      listener.ended(compileAndPublish());
    } catch (RuntimeException | AddressInUse | StackOverflowError failure) {
      LOG.error("no new configuration: the last good one stays", failure);
      listener.failed(failure);
    }
  }

  private Round compileAndPublish() throws AddressInUse {
    KubernetesSnapshot snapshot = objects.get();
    long start = System.nanoTime();
    Compilation compilation = compiler.apply(snapshot);
    long compiled = System.nanoTime();
    ProxyPlan plan = compilation.plan();
    boolean isNew = !plan.equals(serving);
    long linkNanos = 0;
    if (isNew) {
      ProxyConfig config = linker.link(plan, generation + 1);
      linkNanos = System.nanoTime() - compiled;
      outlet.publish(config, plan);
      generation++;
      serving = plan;
      linker.retire();
      LOG.debug(
          "generation {}: compiled in {} ms, linked in {} ms",
          generation,
          (compiled - start) / 1_000_000,
          linkNanos / 1_000_000);
    }
    linker.passTime(Instant.now());
    return new Round(
        generation, snapshot, compilation, isNew, compiled - start, linkNanos, Instant.now());
  }

  @Override
  public void close() {
    holdOff.close();
    thread.interrupt();
  }
}
