package dev.lintel.ingress.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.kube.ApiServer;
import dev.lintel.ingress.kube.KubeClient;
import dev.lintel.ingress.kube.KubeSource;
import dev.lintel.ingress.kube.StoreProbe;
import dev.lintel.ingress.kube.WatchScope;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.status.Leadership.Campaign;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What Lintel writes to a real API server, with no more rights than its chart grants.
@ExtendWith(LeakCheck.class)
class StatusClusterIT {
  private static final Duration TTL = Duration.ofSeconds(8);
  private static final ObjectKey WEB = new ObjectKey("default", "web");
  private static final ObjectKey API = new ObjectKey("default", "api");

  private static final String OBJECTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: lintel}
      rules:
        - {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [list, watch]}
        - {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [patch]}
        - {apiGroups: [""], resources: [services, secrets, configmaps], verbs: [list, watch]}
        - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
        - {apiGroups: [events.k8s.io], resources: [events], verbs: [create]}
        - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}
        - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [leader], verbs: [get, patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: lintel}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lintel}
      subjects: [{kind: User, name: lintel}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {namespace: default, name: web}
      spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {namespace: default, name: api}
      spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
      """;

  private static ApiServer server;
  private static KubeClient adminClient;
  private static KubernetesClient admin;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private KubeClient client;
  private KubeSource source;
  private final StoreProbe probe = new StoreProbe();

  @BeforeAll
  static void startCluster() throws Exception {
    server = ApiServer.start();
    adminClient = server.client(ApiServer.ADMIN);
    admin = adminClient.client();
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName("lintel").endMetadata().build())
        .create();
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (adminClient != null) {
      adminClient.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void connect() throws Exception {
    for (HasMetadata object :
        admin.load(new ByteArrayInputStream(OBJECTS.getBytes(StandardCharsets.UTF_8))).items()) {
      admin.resource(object).forceConflicts().serverSideApply();
    }
    client = server.client(ApiServer.LINTEL);
    source = KubeSource.start(client, new WatchScope("", "", "lintel"), probe.store());
    probe.awaitSynced(20_000);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    source.close();
    client.close();
    admin.network().v1().ingresses().inNamespace("default").delete();
    admin.leases().inNamespace("lintel").delete();
    probe.await("a clean cluster", 5_000, _ -> true);
  }

  @Test
  void theLeaderWritesTheAddressesAndClearsThemWhenItIsTheLast() throws Exception {
    Leadership leadership = campaign("one");
    StatusWriter writer = writer(leadership, Duration.ofMinutes(1));

    writer.publish(Set.of(WEB, API), List.of("192.0.2.1", "lb.example.com"));
    await("both statuses", () -> shown(WEB).size() == 2 && shown(API).size() == 2);
    assertThat(shown(WEB)).containsExactly("192.0.2.1", "lb.example.com");

    writer.publish(Set.of(WEB, API), List.of("192.0.2.7"));
    await("the new address", () -> shown(WEB).equals(List.of("192.0.2.7")));

    writer.publish(Set.of(WEB, API), List.of());
    TimeUnit.MILLISECONDS.sleep(500);
    assertThat(shown(WEB)).as("a load balancer without an address clears nothing").isNotEmpty();

    writer.publish(Set.of(WEB, API), List.of("192.0.2.7"));
    writer.close(true);
    await("cleared statuses", () -> shown(WEB).isEmpty() && shown(API).isEmpty());
  }

  @Test
  void whatSomebodyElseWroteIsPutRightAndWhatIsRightIsLeftAlone() throws Exception {
    StatusWriter writer = writer(campaign("one"), Duration.ofMillis(300));
    opened.add(() -> writer.close(false));
    writer.publish(Set.of(WEB), List.of("192.0.2.1"));
    await("the status", () -> shown(WEB).equals(List.of("192.0.2.1")));
    String version = ingress(WEB).getMetadata().getResourceVersion();
    TimeUnit.SECONDS.sleep(1);
    assertThat(ingress(WEB).getMetadata().getResourceVersion()).isEqualTo(version);

    admin
        .network()
        .v1()
        .ingresses()
        .inNamespace("default")
        .withName("web")
        .editStatus(
            ingress ->
                ingress
                    .edit()
                    .editStatus()
                    .editLoadBalancer()
                    .editFirstIngress()
                    .withIp("192.0.2.66")
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus()
                    .build());

    await("the status put right", () -> shown(WEB).equals(List.of("192.0.2.1")));
  }

  @Test
  void oneOfTwoLeadsAndTheOtherFollowsSoonAfterItGoes() throws Exception {
    Leadership first = campaign("one");
    Leadership second = Leadership.campaign(client, new Campaign("lintel", "leader", "two", TTL));
    opened.add(second);
    assertThat(second.isLeader()).isFalse();

    long begin = System.nanoTime();
    first.close();
    assertThat(first.isLeader()).isFalse();
    await("the next leader", second::isLeader);

    report("the next leader after a clean end", begin);
  }

  @Test
  void aLeaderThatCannotRenewWritesNoMoreAndLeadsAgainAfterwards() throws Exception {
    Leadership leadership = campaign("one");
    long begin = System.nanoTime();
    server.freeze();
    try {
      await("the end of the lead", () -> !leadership.isLeader());
      report("no leader any more", begin);
      assertThat(System.nanoTime() - begin).isLessThan(TTL.toNanos());
    } finally {
      begin = server.thaw();
    }
    await("the lead again", leadership::isLeader);
    report("leader again after the thaw", begin);
  }

  @Test
  void aProblemBecomesOneEventOfItsObject() throws Exception {
    EventWriter events = EventWriter.start(client, campaign("one"), "pod-1");
    opened.add(events);
    Problem web = problem(new Source("Ingress", "default/web"), Severity.ERROR);
    Problem file = problem(new Source("file", "a.yaml:1"), Severity.ERROR);
    Problem api = problem(new Source("Ingress", "default/api"), Severity.INFO);

    events.report(List.of(web, file), probe.store().snapshot());
    await("the first event", () -> events().size() == 1);
    events.report(List.of(api, web), probe.store().snapshot());
    events.report(List.of(), probe.store().snapshot());
    events.report(List.of(web, api), probe.store().snapshot());
    await("the second event", () -> events().size() == 2);
    TimeUnit.MILLISECONDS.sleep(500);

    assertThat(events()).hasSize(2);
    Event event =
        events().stream()
            .filter(e -> e.getRegarding().getName().equals("web"))
            .findFirst()
            .orElseThrow();
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getReason()).isEqualTo("InvalidValue");
    assertThat(event.getNote()).isEqualTo("limit-rps: \"x\" (expected: a number); closed");
    assertThat(event.getRegarding().getUid()).isEqualTo(ingress(WEB).getMetadata().getUid());
    assertThat(event.getReportingInstance()).isEqualTo("pod-1");
  }

  private Leadership campaign(String identity) throws InterruptedException {
    Leadership leadership =
        Leadership.campaign(client, new Campaign("lintel", "leader", identity, TTL));
    opened.add(leadership);
    await("the lead", leadership::isLeader);
    return leadership;
  }

  private StatusWriter writer(Leadership leadership, Duration interval) {
    return StatusWriter.start(client, leadership, interval, source::publishedStatus);
  }

  private static Problem problem(Source source, Severity severity) {
    return new Problem.InvalidValue(source, "limit-rps", "\"x\"", "a number", "closed", severity);
  }

  private static Ingress ingress(ObjectKey key) {
    return admin.network().v1().ingresses().inNamespace(key.namespace()).withName(key.name()).get();
  }

  private static List<String> shown(ObjectKey key) {
    Ingress ingress = ingress(key);
    if (ingress.getStatus() == null || ingress.getStatus().getLoadBalancer() == null) {
      return List.of();
    }
    return ingress.getStatus().getLoadBalancer().getIngress().stream()
        .map(entry -> entry.getIp() == null ? entry.getHostname() : entry.getIp())
        .toList();
  }

  private static List<Event> events() {
    return admin.events().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getRegarding() != null)
        .filter(event -> "Ingress".equals(event.getRegarding().getKind()))
        .toList();
  }

  private static void await(String what, BooleanSupplier wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s within 30 s", what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static void report(String what, long fromNanos) {
    System.out.println(what + ": " + (System.nanoTime() - fromNanos) / 1_000_000 + " ms");
  }
}
