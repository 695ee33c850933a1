package dev.lintel.ingress;

import dev.lintel.ingress.link.LiveUpstreams;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.StoreUpdate;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what happens in the store, on a thread of its own: endpoints go straight to the upstreams,
/// everything else wakes the control loop. So a long compilation never holds up an endpoint.
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  private final ObjectStore store = new ObjectStore(this::changed);
  private final LiveUpstreams upstreams;
  private final Runnable recompile;
  private final Semaphore changes = new Semaphore(0);
  private final CountDownLatch first = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("objects").daemon().unstarted(this::loop);
  private volatile @Nullable StoreUpdate latest;

  /// @param recompile called when something changed that a plan depends on, or what users are told
  StoreWatch(LiveUpstreams upstreams, Runnable recompile) {
    this.upstreams = upstreams;
    this.recompile = recompile;
  }

  /// The store that sources fill.
  ObjectStore store() {
    return store;
  }

  void start() {
    thread.start();
  }

  /// Waits until the first full state is in and its endpoints are known.
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  /// The newest state. There is one once `awaitFirst` has returned.
  StoreUpdate latest() {
    StoreUpdate update = latest;
    if (update == null) {
      throw new IllegalStateException("the first full state is not in yet");
    }
    return update;
  }

  private void changed() {
    changes.release();
  }

  private void loop() {
    try {
      while (true) {
        changes.acquire();
        changes.drainPermits();
        take();
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  private void take() {
    StoreUpdate update = store.take();
    if (update == null) {
      return;
    }
    StoreUpdate before = latest;
    try {
      upstreams.slicesChanged(update.snapshot().slices(), update.endpoints());
    } catch (RuntimeException e) {
      LOG.error("endpoints could not be taken over", e);
    }
    latest = update;
    first.countDown();
    List<?> known = before == null ? List.of() : before.problems();
    if (update.recompile() || !known.equals(update.problems())) {
      recompile.run();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
