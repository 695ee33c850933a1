package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many requests a second for a route whose every request another service is asked about; then that
/// service dies.
class ExternalAuthSlowIT {
  private static final int RATE = Extent.of(1_000, 5_000);
  private static final int CONNECTIONS = 100;
  private static final int SECONDS = 5;
  private static final int ROUNDS = Extent.of(1, 5);

  /// In full, all but one of twenty that were to be sent: what is late is made up for.
  private static final int FEWEST = Extent.of(1_000, RATE * SECONDS * 19 / 20);

  private static final int AUTH_MILLIS = 5;
  private static final String ASKED = "asked.test";

  private static final String MANIFESTS =
      """
      apiVersion: v1
      kind: Service
      metadata: {namespace: load, name: auth}
      spec:
        ports: [{name: http, port: 80, targetPort: http}]
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata:
        namespace: load
        name: auth-1
        labels: {kubernetes.io/service-name: auth}
      addressType: IPv4
      ports: [{name: http, port: %1$d, protocol: TCP}]
      endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: load
        name: asked
        annotations:
          nginx.ingress.kubernetes.io/auth-url: "http://auth.load.svc/check"
          nginx.ingress.kubernetes.io/auth-response-headers: "X-User"
      spec:
        ingressClassName: nginx
        rules:
          - host: %2$s
            http:
              paths:
                - path: /
                  pathType: Prefix
                  backend: {service: {name: backend, port: {number: 80}}}
      ---
      """;

  @BeforeAll
  static void trackNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @Test
  void nobodyIsLostWhileItLivesAndNobodyComesInWhenItIsDead(@TempDir Path folder) throws Exception {
    SlowAuth auth = new SlowAuth(AUTH_MILLIS);
    try (auth;
        OkBackend backend = new OkBackend();
        Served lintel =
            new Served(folder, backend.port(), MANIFESTS.formatted(auth.port(), ASKED))) {
      run(lintel, Served.HOST, SECONDS);
      run(lintel, ASKED, SECONDS);
      List<Double> added = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        added.add(compare(lintel));
      }
      added.sort(null);
      System.out.printf(
          "external authentication adds %.0f us of processor time in the median, from %.0f to"
              + " %.0f%n",
          added.get(ROUNDS / 2), added.getFirst(), added.getLast());

      die(lintel, backend, auth);
      assertThat(lintel.output()).doesNotContain("ERROR").doesNotContain("Exception");
    }
  }

  /// @return the microseconds that one question adds
  private static double compare(Served lintel) throws Exception {
    Cost plain = run(lintel, Served.HOST, SECONDS);
    Cost asked = run(lintel, ASKED, SECONDS);
    double added = asked.micros() - plain.micros();
    System.out.printf(
        "external authentication at %,d requests a second, %d ms for each answer: %,d answered"
            + " (%,d/s), %.0f us of processor time each, %.0f us without (%,d/s): %.0f us more%n",
        RATE,
        AUTH_MILLIS,
        asked.answered(),
        asked.answered() / SECONDS,
        asked.micros(),
        plain.micros(),
        plain.answered() / SECONDS,
        added);
    for (Cost each : List.of(plain, asked)) {
      assertThat(each.tally().of(200)).as("%s", each.tally()).isEqualTo(each.tally().all());
      assertThat(each.answered()).isGreaterThan(FEWEST);
    }
    return added;
  }

  /// @param answered within the time that was measured
  private record Cost(PacedClient.Tally tally, int answered, double micros) {}

  private static Cost run(Served lintel, String host, int seconds) throws Exception {
    PacedClient.Tally tally = new PacedClient.Tally();
    try (ManyClients clients = new ManyClients()) {
      List<PacedClient> all = begin(lintel, host, clients, tally);
      TimeUnit.MILLISECONDS.sleep(300);
      long cpu = lintel.cpuMillis();
      int before = tally.all();
      TimeUnit.SECONDS.sleep(seconds);
      int answered = tally.all() - before;
      cpu = lintel.cpuMillis() - cpu;
      all.forEach(PacedClient::end);
      TimeUnit.MILLISECONDS.sleep(200);
      return new Cost(tally, answered, 1_000.0 * cpu / answered);
    }
  }

  private static List<PacedClient> begin(
      Served lintel, String host, ManyClients clients, PacedClient.Tally tally) {
    List<PacedClient> all = new ArrayList<>();
    long interval = TimeUnit.SECONDS.toNanos(1) * CONNECTIONS / RATE;
    for (int i = 0; i < CONNECTIONS; i++) {
      PacedClient client = new PacedClient(host, interval, tally);
      all.add(client);
      clients.connect(lintel.httpPort(), null, () -> client);
    }
    return all;
  }

  private static void die(Served lintel, OkBackend backend, SlowAuth auth) throws Exception {
    PacedClient.Tally tally = new PacedClient.Tally();
    int before = backend.answered();
    try (ManyClients clients = new ManyClients()) {
      List<PacedClient> all = begin(lintel, ASKED, clients, tally);
      TimeUnit.SECONDS.sleep(1);
      auth.close();
      TimeUnit.SECONDS.sleep(1);
      int through = backend.answered();
      TimeUnit.SECONDS.sleep(2);
      assertThat(backend.answered()).as("requests let in by nobody").isEqualTo(through);
      all.forEach(PacedClient::end);
      TimeUnit.MILLISECONDS.sleep(300);
    }
    System.out.println("the service dies meanwhile: " + tally);
    assertThat(tally.of(500)).isPositive();
    assertThat(tally.of(200)).isPositive().isEqualTo(backend.answered() - before);
    assertThat(tally.all()).isEqualTo(tally.of(200) + tally.of(500));
  }
}
