package dev.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// A large cluster: 5,000 Ingresses on 1,000 hosts with a certificate each, and 500 Services, for
/// one pod of Lintel under the chart's restrictions and 256 MiB.
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ScaleE2E {
  private static final int INGRESSES = Integer.getInteger("e2e.big.ingresses", 5_000);
  private static final int HOSTS = INGRESSES / 5;
  private static final int SERVICES = INGRESSES / 10;
  private static final int CONNECTIONS = 200;

  /// `make e2e-soak` asks for the limit that is set out; see docs/limits.md.
  private static final Duration READY = Duration.ofMillis(Long.getLong("e2e.ready.millis", 20_000));

  private final Cluster cluster;
  private final Lintel lintel;
  private final String namespace;

  ScaleE2E(Cluster cluster) {
    this.cluster = cluster;
    lintel = cluster.lintel();
    namespace = cluster.namespace("big");
  }

  @BeforeAll
  void fillTheCluster() throws Exception {
    lintel.scale(0);
    long began = System.nanoTime();
    cluster.apply(namespace, Manifest.echo("echo", 3, "v1"));
    cluster.awaitRollout(namespace, "echo", Duration.ofSeconds(60));
    List<String> pods =
        cluster.client().pods().inNamespace(namespace).list().getItems().stream()
            .map(pod -> pod.getStatus().getPodIP())
            .toList();
    inParallel(
        SERVICES,
        i -> {
          cluster.create(namespace, Manifest.serviceWithoutSelector("s" + i));
          cluster.create(namespace, Manifest.endpoints("s" + i, pods));
        });
    inParallel(HOSTS, i -> cluster.create(namespace, Certificate.of(host(i)).secret("tls-" + i)));
    inParallel(
        INGRESSES,
        i ->
            cluster.create(
                namespace,
                Manifest.ingress(
                    "i" + i,
                    host(i % HOSTS),
                    "/p" + i / HOSTS,
                    "s" + i % SERVICES,
                    "/i" + i,
                    "tls-" + i % HOSTS)));
    System.out.printf(
        "%d Ingresses, %d hosts with a certificate each and %d Services made in %.1f s%n",
        INGRESSES, HOSTS, SERVICES, (System.nanoTime() - began) / 1e9);
  }

  @AfterAll
  void giveTheReplicasBack() {
    cluster.client().namespaces().withName(namespace).delete();
    lintel.scale(2);
  }

  @Test
  void is_ready_soon_and_stays_within_its_memory() {
    Timeline timeline = startOnePod();
    System.out.printf(
        "with %d Ingresses: ready %d ms after the container ran, %d ms after the pod was made%n",
        INGRESSES, timeline.sinceRunning().toMillis(), timeline.sinceMade().toMillis());
    Web web = lintel.web();
    Await.until(
        "the last Ingress is served",
        Duration.ofSeconds(5),
        () -> web.https(host(HOSTS - 1), "/p4").echoed().path().equals("/i" + (INGRESSES - 1)));
    soak(web);
    assertThat(timeline.sinceRunning()).as("time until ready").isLessThanOrEqualTo(READY);
  }

  /// 200 TLS connections, each to another host, and a few new ones each second.
  private void soak(Web web) {
    long highest = 0;
    try (Load load =
        Load.start(
            Environment.LOAD,
            web,
            "-kinds",
            "h1s",
            "-connections",
            Integer.toString(CONNECTIONS),
            "-rate",
            "200",
            "-host",
            host("%d"),
            "-hosts",
            Integer.toString(HOSTS),
            "-path",
            "/p0")) {
      long end = System.nanoTime() + Environment.SOAK.toNanos();
      while (System.nanoTime() < end) {
        Await.pause(Duration.ofSeconds(Math.clamp(Environment.SOAK.toSeconds() / 6, 1, 30)));
        highest = Math.max(highest, lintel.workingSetBytes());
        System.out.printf(
            "soak: %.0f s, %d requests, %d failed, working set %d MiB%n",
            load.now().seconds(), load.now().sent(), load.now().failed(), highest >> 20);
      }
      Load.Counts counts = load.stop();
      System.out.printf(
          "%d Ingresses and %d TLS connections for %d s, working set at most %d MiB: %s%n",
          INGRESSES, CONNECTIONS, Environment.SOAK.toSeconds(), highest >> 20, counts.text());
      wasNeverRestarted();
      assertThat(counts.failures()).isEmpty();
      assertThat(counts.serials()).hasSizeGreaterThanOrEqualTo(Math.min(CONNECTIONS, HOSTS));
    }
  }

  private void wasNeverRestarted() {
    List<Pod> pods = lintel.pods();
    assertThat(pods).hasSize(1);
    ContainerStatus status = pods.getFirst().getStatus().getContainerStatuses().getFirst();
    assertThat(status.getRestartCount())
        .as("restarts within 256 MiB; the last end: %s", status.getLastState().getTerminated())
        .isZero();
    assertThat(pods.getFirst().getSpec().getContainers().getFirst().getResources().getLimits())
        .containsEntry("memory", new io.fabric8.kubernetes.api.model.Quantity("256Mi"));
  }

  /// When a watcher saw the pod's states, in nanoseconds: finer than the whole seconds of its
  /// status.
  private record Timeline(long made, long running, long ready) {
    Duration sinceRunning() {
      return Duration.ofNanos(ready - running);
    }

    Duration sinceMade() {
      return Duration.ofNanos(ready - made);
    }
  }

  private Timeline startOnePod() {
    Map<String, Long> seen = new ConcurrentHashMap<>();
    var pods = cluster.client().pods().inNamespace(Lintel.NAMESPACE);
    // From a given version on: a watch from "now" needs a younger etcd than Debian's.
    ListOptions fromHere =
        new ListOptionsBuilder()
            .withResourceVersion(pods.list().getMetadata().getResourceVersion())
            .build();
    try (Watch watch = pods.watch(fromHere, new StateWatcher(seen))) {
      lintel.scale(1);
      Await.until("the watcher saw it", Duration.ofSeconds(5), () -> seen.containsKey("ready"));
    }
    return new Timeline(seen.get("made"), seen.get("running"), seen.get("ready"));
  }

  private record StateWatcher(Map<String, Long> seen) implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      long now = System.nanoTime();
      seen.putIfAbsent("made", now);
      pod.getStatus().getContainerStatuses().stream()
          .filter(c -> c.getState().getRunning() != null)
          .forEach(c -> seen.putIfAbsent("running", now));
      pod.getStatus().getConditions().stream()
          .filter(c -> c.getType().equals("Ready") && c.getStatus().equals("True"))
          .forEach(c -> seen.putIfAbsent("ready", now));
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  private static String host(Object number) {
    return "h" + number + ".big.test";
  }

  private interface Numbered {
    void make(int number);
  }

  private static void inParallel(int count, Numbered each) throws Exception {
    Semaphore places = new Semaphore(12);
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  places.acquireUninterruptibly();
                  try {
                    each.make(number);
                  } finally {
                    places.release();
                  }
                }));
      }
    }
    for (Future<?> one : all) {
      one.get();
    }
  }
}
