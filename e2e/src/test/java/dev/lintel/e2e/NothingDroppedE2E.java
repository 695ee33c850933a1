package dev.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whatever changes, no request fails: 200 per second of GET and POST from clients that never send
/// one twice, over keep-alive HTTP with and without TLS, a TLS connection each, and HTTP/2.
///
/// The outages come last: kubelet and controllers come back to a restarted API server only after
/// half a minute of their own, and every rollout would wait for them.
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NothingDroppedE2E {
  private static final String HOST = "shop.load.test";
  private static final String PLAIN_HOST = "plain.load.test";
  private static final int EDITS = 100;
  private static final int ENDPOINT_CHANGES = 100;
  private static final int ROTATIONS = 20;
  private static final int WEB_SOCKETS = 10;
  private static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("e2e.outage.seconds", 60));
  private static final Duration LIVE = Duration.ofSeconds(10);

  /// Long enough for every pod that is ready to be asked, however late its slice comes.
  private static final Duration SEEN = Duration.ofSeconds(2);

  private final Cluster cluster;
  private final Lintel lintel;
  private final Web web;
  private final String namespace;

  NothingDroppedE2E(Cluster cluster) {
    this.cluster = cluster;
    lintel = cluster.lintel();
    web = lintel.web();
    namespace = cluster.namespace("load");
  }

  @BeforeAll
  void applyManifests() {
    cluster.apply(namespace, Manifest.echo("echo", 3, "v1"));
    cluster.apply(namespace, Manifest.serviceWithoutSelector("by-hand"));
    cluster.awaitRollout(namespace, "echo", Duration.ofSeconds(60));
    cluster.apply(namespace, Manifest.endpoints("by-hand", addresses(pods().subList(0, 1))));
    rotate();
    edit("/edit/first");
    cluster.apply(namespace, Manifest.ingress("plain", PLAIN_HOST, "/load", "echo", "/plain", ""));
    cluster.apply(
        namespace,
        Manifest.ingress("moving", "moving.load.test", "/load", "by-hand", "/moving", ""));
    Await.until("all is served", LIVE, () -> web.https(HOST, "/load").echoed().path() != null);
    Await.until("all is served", LIVE, () -> web.http(PLAIN_HOST, "/load").status() == 200);
    Await.until("all is served", LIVE, () -> web.http("moving.load.test", "/load").status() == 200);
  }

  @Test
  @Order(1)
  void edits_endpoint_changes_and_rotations() throws Exception {
    List<Pod> pods = pods();
    moveAndProve(pods, 1);
    List<Duration> edits = new ArrayList<>();
    List<Duration> changes = new ArrayList<>();
    List<Duration> rotations = new ArrayList<>();
    try (Load load = load(WEB_SOCKETS, HOST, PLAIN_HOST);
        Load moving =
            load(0, "moving.load.test", "moving.load.test", "-kinds", "h1", "-rate", "50")) {
      load.awaitFlow();
      moving.awaitFlow();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all =
            List.of(
                threads.submit(() -> repeat(EDITS, edits, i -> editAndProve("/edit/" + i))),
                threads.submit(() -> repeat(ENDPOINT_CHANGES, changes, i -> moveAndProve(pods, i))),
                threads.submit(() -> repeat(ROTATIONS, rotations, i -> rotateAndProve())));
        for (Future<?> one : all) {
          one.get();
        }
      }
      print("Ingress edits, change to answer", edits);
      print("endpoint changes, change to answer", changes);
      print("certificate rotations, change to served serial", rotations);
      nothingFailed("endpoint changes", moving.stop());
      Load.Counts counts = load.stop();
      nothingFailed("edits, endpoint changes and rotations", counts);
      assertThat(counts.serials())
          .as("certificates seen by clients")
          .hasSizeGreaterThan(ROTATIONS / 2);
      noWebSocketCut(counts);
    }
    assertThat(edits).hasSize(EDITS);
    assertThat(changes).hasSize(ENDPOINT_CHANGES);
    assertThat(rotations).hasSize(ROTATIONS);
  }

  @Test
  @Order(7)
  @OwnNode("kills the API server")
  void the_api_server_is_killed() {
    outage("killed", cluster.ownNode()::kill, cluster.ownNode()::start);
  }

  @Test
  @Order(5)
  void requests_that_clients_give_up_never_mix_up_others() {
    // Half of the answers come too late for the clients' patience.
    try (Load load =
        load(0, HOST, PLAIN_HOST, "-path", "/load?sleep=50ms", "-timeout", "52ms").awaitFlow()) {
      Await.pause(Duration.ofSeconds(8));
      Load.Counts counts = load.stop();
      System.out.println(
          "clients without patience: " + counts.mixed() + " mixed up; " + counts.text());
      assertThat(counts.failed())
          .as("requests given up, so that there was something to mix up")
          .isPositive();
      assertThat(counts.mixed()).as("answers to another request").isZero();
    }
  }

  @Test
  @Order(6)
  @OwnNode("freezes the API server")
  void the_api_server_is_frozen() {
    outage("frozen", cluster.ownNode()::freeze, cluster.ownNode()::thaw);
  }

  private interface Action {
    void on(String program);
  }

  private void outage(String what, Action begin, Action end) {
    List<String> readySince = lintel.readySince();
    try (Load load = load(WEB_SOCKETS, HOST, PLAIN_HOST).awaitFlow()) {
      begin.on(Node.API_SERVER);
      try {
        Await.pause(OUTAGE);
      } finally {
        end.on(Node.API_SERVER);
      }
      Await.until("the API server lives", Duration.ofSeconds(60), cluster::lives);
      long lives = System.nanoTime();
      String path = "/edit/after-" + what;
      Await.until("the edit is accepted", LIVE, () -> accepted(path));
      Await.until("the edit is live", LIVE, () -> served(path));
      Duration took = Duration.ofNanos(System.nanoTime() - lives);
      System.out.printf(
          "API server %s for %d s: edit live %d ms after livez%n",
          what, OUTAGE.toSeconds(), took.toMillis());
      Load.Counts counts = load.stop();
      nothingFailed("API server " + what, counts);
      noWebSocketCut(counts);
      assertThat(lintel.readySince())
          .as("pods and since when they are ready")
          .isEqualTo(readySince);
      assertThat(took).isLessThanOrEqualTo(LIVE);
    }
  }

  @Test
  @Order(2)
  void backends_are_rolled_and_scaled() {
    try (Load load = load(0, HOST, PLAIN_HOST).awaitFlow()) {
      cluster.apply(namespace, Manifest.echo("echo", 3, "v2"));
      cluster.awaitRollout(namespace, "echo", Duration.ofSeconds(90));
      Await.until(
          "only new pods answer",
          LIVE,
          () -> web.https(HOST, "/load").echoed().version().equals("v2"));
      for (int replicas : new int[] {1, 5, 3}) {
        cluster.scale(namespace, "echo", replicas);
        cluster.awaitRollout(namespace, "echo", Duration.ofSeconds(90));
        cluster.awaitPods(namespace, "app", "echo", replicas, Duration.ofSeconds(90));
        Await.pause(SEEN);
      }
      Load.Counts counts = load.stop();
      nothingFailed("backends rolled, then scaled 3, 1, 5, 3", counts);
      assertThat(counts.versions()).containsOnlyKeys("v1", "v2");
      assertThat(counts.pods()).as("pods that answered").hasSizeGreaterThanOrEqualTo(10);
    }
  }

  @Test
  @Order(3)
  void lintel_is_restarted() {
    Set<String> before = names(lintel.pods());
    try (Load load = load(0, HOST, PLAIN_HOST).awaitFlow()) {
      lintel.restart();
      Await.until("the old pods are gone", Duration.ofSeconds(60), () -> lintel.pods().size() == 2);
      Load.Counts counts = load.stop();
      assertThat(names(lintel.pods())).doesNotContainAnyElementsOf(before);
      nothingFailed("Lintel restarted", counts);
    }
  }

  @Test
  @Order(4)
  void lintel_is_scaled_as_by_an_autoscaler() {
    try (Load load = load(0, HOST, PLAIN_HOST).awaitFlow()) {
      for (int replicas : new int[] {3, 1, 2}) {
        lintel.scale(replicas);
      }
      nothingFailed("Lintel scaled 2, 3, 1, 2", load.stop());
    }
  }

  private Load load(int webSockets, String host, String plainHost, String... more) {
    List<String> flags =
        new ArrayList<>(
            List.of("-host", host, "-plain-host", plainHost, "-path", "/load", "-rate", "200"));
    flags.addAll(List.of("-websockets", Integer.toString(webSockets)));
    flags.addAll(List.of(more));
    return Load.start(Environment.LOAD, web, flags.toArray(String[]::new));
  }

  private static void nothingFailed(String during, Load.Counts counts) {
    System.out.println(during + ": " + counts.text());
    assertThat(counts.failures()).as("failures during: " + during).isEmpty();
    assertThat(counts.failed()).isZero();
    assertThat(counts.sent())
        .as("requests sent, so that the rate was held")
        .isGreaterThan((int) (counts.seconds() * 30));
  }

  private static void noWebSocketCut(Load.Counts counts) {
    assertThat(counts.webSockets().opened()).isEqualTo(WEB_SOCKETS);
    assertThat(counts.webSockets().cut()).as("WebSockets cut").isZero();
  }

  private interface Change {
    Duration prove(int number) throws Exception;
  }

  private static Void repeat(int times, List<Duration> took, Change change) throws Exception {
    for (int i = 0; i < times; i++) {
      took.add(change.prove(i));
      Await.pause(Duration.ofMillis(100));
    }
    return null;
  }

  private void edit(String rewrite) {
    cluster.apply(namespace, Manifest.ingress("shop", HOST, "/load", "echo", rewrite, "shop-tls"));
  }

  private boolean accepted(String rewrite) {
    edit(rewrite);
    return true;
  }

  private boolean served(String path) throws Exception {
    return web.https(HOST, "/load").echoed().path().equals(path);
  }

  private Duration editAndProve(String rewrite) {
    edit(rewrite);
    return Await.until("edit " + rewrite + " is answered", LIVE, () -> served(rewrite));
  }

  /// Moves the Service's endpoints to pods that were not among them, and waits for their answer.
  private Duration moveAndProve(List<Pod> pods, int number) {
    List<Pod> next = number % 2 == 0 ? pods.subList(1, 3) : pods.subList(0, 1);
    cluster.apply(namespace, Manifest.endpoints("by-hand", addresses(next)));
    Set<String> names = names(next);
    return Await.until(
        "the answer comes from " + names,
        LIVE,
        () -> names.contains(web.http("moving.load.test", "/load").echoed().pod()));
  }

  private BigInteger rotate() {
    Certificate certificate = Certificate.of(HOST);
    cluster.apply(namespace, certificate.secret("shop-tls"));
    return certificate.serial();
  }

  private Duration rotateAndProve() {
    BigInteger serial = rotate();
    Duration took =
        Await.until(
            "the new certificate is served",
            LIVE,
            () -> web.https(HOST, "/load").serial().equals(serial));
    Await.pause(Duration.ofMillis(500)); // long enough for the clients of the load to see it
    return took;
  }

  private List<Pod> pods() {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace)
        .withLabel("app", "echo")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private static List<String> addresses(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getStatus().getPodIP()).toList();
  }

  private static Set<String> names(List<Pod> pods) {
    return Set.copyOf(pods.stream().map(pod -> pod.getMetadata().getName()).toList());
  }

  private static void print(String what, List<Duration> took) {
    long[] sorted = took.stream().mapToLong(Duration::toMillis).sorted().toArray();
    System.out.printf(
        "%d %s: median %d ms, slowest %d ms%n",
        sorted.length, what, sorted[sorted.length / 2], sorted[sorted.length - 1]);
  }
}
