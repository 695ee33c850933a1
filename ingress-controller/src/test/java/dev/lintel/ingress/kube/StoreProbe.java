package dev.lintel.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A store and what a control loop sees of it.
public final class StoreProbe {
  private final Semaphore wakes = new Semaphore(0);
  private final ObjectStore store = new ObjectStore(wakes::release);

  public ObjectStore store() {
    return store;
  }

  public void awaitSynced(long millis) throws InterruptedException {
    long begin = System.nanoTime();
    assertThat(wakes.tryAcquire(millis, TimeUnit.MILLISECONDS))
        .as("synced within %d ms", millis)
        .isTrue();
    System.out.println("synced after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
    store.take();
  }

  /// Waits until the store is as wanted.
  ///
  /// @return the moment it was, as nanoTime
  public long await(String what, long millis, Predicate<KubernetesSnapshot> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!wanted.test(store.snapshot())) {
      long left = deadline - System.nanoTime();
      assertThat(wakes.tryAcquire(Math.max(left, 0), TimeUnit.NANOSECONDS))
          .as("%s within %d ms", what, millis)
          .isTrue();
      store.take();
    }
    long seen = System.nanoTime();
    store.take();
    return seen;
  }
}
