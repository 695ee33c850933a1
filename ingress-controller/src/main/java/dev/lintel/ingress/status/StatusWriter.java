package dev.lintel.ingress.status;

import dev.lintel.ingress.kube.KubeClient;
import dev.lintel.ingress.snapshot.ObjectKey;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngressBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the status of the Ingresses that Lintel serves: the addresses at which it is reached.
///
/// Writes where what the cluster shows differs from what it should show: after each change, when
/// this replica comes to lead, and at every interval. By server-side apply of the status alone, so
/// that `patch` is all the right it needs, and repeating it changes nothing.
public final class StatusWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final int WRITES_PER_SECOND = 100;
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("lintel")
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final Leadership leadership;
  private final Duration interval;
  private final Function<ObjectKey, List<String>> shown;
  private final PatientWrites writes = new PatientWrites("status of Ingresses", WRITES_PER_SECOND);
  private final Semaphore wakes = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("lintel-status").unstarted(this::run);
  private volatile Wanted wanted = new Wanted(Set.of(), List.of());
  private volatile boolean closed;

  private record Wanted(Set<ObjectKey> ingresses, List<String> addresses) {}

  private StatusWriter(
      KubeClient client,
      Leadership leadership,
      Duration interval,
      Function<ObjectKey, List<String>> shown) {
    this.client = client.writes();
    this.leadership = leadership;
    this.interval = interval;
    this.shown = shown;
  }

  /// Starts; there is nothing to write before the first `publish`.
  ///
  /// @param interval how often the cluster is compared without a change
  ///   (`--status-update-interval`)
  /// @param shown the addresses in an Ingress's status as the cluster has them now
  public static StatusWriter start(
      KubeClient client,
      Leadership leadership,
      Duration interval,
      Function<ObjectKey, List<String>> shown) {
    StatusWriter writer = new StatusWriter(client, leadership, interval, shown);
    leadership.onGained(writer.wakes::release);
    writer.thread.start();
    return writer;
  }

  /// Hands over what the status should be. Without addresses nothing is written: a load balancer
  /// that has none yet is no reason to clear what stands there. Does not block.
  ///
  /// @param ingresses those that are served
  /// @param addresses as `PublishedAddresses` makes them
  public void publish(Collection<ObjectKey> ingresses, List<String> addresses) {
    Wanted now = new Wanted(Set.copyOf(ingresses), List.copyOf(addresses));
    if (!now.equals(wanted)) {
      wanted = now;
      wakes.release();
    }
  }

  /// Stops writing.
  ///
  /// @param clears whether the addresses are taken out first: nobody serves after this replica
  public void close(boolean clears) {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (clears && leadership.isLeader()) {
      LOG.info("clearing the status of {} Ingresses", wanted.ingresses().size());
      writeAll(wanted.ingresses(), List.of());
    }
  }

  private void run() {
    try {
      while (!closed) {
        if (wakes.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
          wakes.drainPermits();
        }
        Wanted now = wanted;
        if (!now.addresses().isEmpty()) {
          writeAll(now.ingresses(), now.addresses());
        }
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  /// Ends early where this replica leads no more, or the API server takes nothing.
  private void writeAll(Collection<ObjectKey> ingresses, List<String> addresses) {
    for (ObjectKey key : ingresses) {
      if (!leadership.isLeader() || Thread.currentThread().isInterrupted()) {
        return;
      }
      if (!PublishedAddresses.of(shown.apply(key)).equals(addresses)
          && !writes.write(() -> apply(key, addresses))) {
        return;
      }
    }
  }

  private void apply(ObjectKey key, List<String> addresses) {
    Ingress status =
        new IngressBuilder()
            .withNewMetadata()
            .withNamespace(key.namespace())
            .withName(key.name())
            .endMetadata()
            .withNewStatus()
            .withNewLoadBalancer()
            .withIngress(addresses.stream().map(StatusWriter::entry).toList())
            .endLoadBalancer()
            .endStatus()
            .build();
    client.resource(status).subresource("status").patch(APPLY);
    LOG.debug("status of {} is {}", key, addresses);
  }

  private static IngressLoadBalancerIngress entry(String address) {
    boolean isIp = address.indexOf(':') >= 0 || IPV4.matcher(address).matches();
    IngressLoadBalancerIngressBuilder entry = new IngressLoadBalancerIngressBuilder();
    return isIp ? entry.withIp(address).build() : entry.withHostname(address).build();
  }
}
