package dev.lintel.ingress.status;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;

/// The lock of an election, which also knows for how long it has not been renewed: by the monotonic
/// clock, counted from the moment the last successful renewal was sent.
final class RenewalClock implements Lock {
  private final Lock lock;
  private volatile long renewedNanos = System.nanoTime();

  RenewalClock(Lock lock) {
    this.lock = lock;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - renewedNanos);
  }

  @Override
  public LeaderElectionRecord get(KubernetesClient client) {
    return lock.get(client);
  }

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord leader) {
    long sent = System.nanoTime();
    lock.create(client, leader);
    renewedNanos = sent;
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord leader) {
    long sent = System.nanoTime();
    lock.update(client, leader);
    renewedNanos = sent;
  }

  @Override
  public String identity() {
    return lock.identity();
  }

  @Override
  public String describe() {
    return lock.describe();
  }
}
