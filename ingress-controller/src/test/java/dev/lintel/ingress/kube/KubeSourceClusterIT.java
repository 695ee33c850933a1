package dev.lintel.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.folder.FolderSource;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.ingress.snapshot.Pems;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The watch of a real API server, through its outages.
@ExtendWith(LeakCheck.class)
class KubeSourceClusterIT {
  /// How long an outage lasts; longer ones by hand.
  private static final int OUTAGE_SECONDS = Integer.getInteger("lintel.outage.seconds", 12);

  private static final String MANIFESTS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: shop
        name: web
        annotations: {nginx.ingress.kubernetes.io/limit-rps: "5"}
      spec:
        ingressClassName: nginx
        defaultBackend: {service: {name: web, port: {name: http}}}
        tls: [{hosts: [a.example.com], secretName: web-tls}]
        rules:
          - host: a.example.com
            http:
              paths:
                - {path: /x, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}
                - {path: /y, pathType: Prefix, backend: {resource: {apiGroup: x.io, kind: Bucket, name: b}}}
          - http: {paths: [{path: /, pathType: ImplementationSpecific, backend: {service: {name: web, port: {name: http}}}}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: shop, name: web}
      spec:
        clusterIP: 10.96.7.7
        externalIPs: [192.0.2.7]
        ports:
          - {name: http, port: 80, targetPort: web, appProtocol: kubernetes.io/ws}
          - {name: alt, port: 81}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: shop, name: outside}
      spec: {type: ExternalName, externalName: example.com}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: shop, name: headless}
      spec: {clusterIP: None, ports: [{port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {namespace: shop, name: web-1, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 8080}]
      endpoints:
        - {addresses: [10.244.0.1], conditions: {ready: true, serving: true, terminating: false}}
        - {addresses: [10.244.0.2], conditions: {ready: false, serving: true, terminating: true}, zone: a, hints: {forZones: [{name: a}]}}
        - {addresses: [10.244.0.3]}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: shop, name: users}
      stringData: {auth: "a:b"}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: lintel, name: settings}
      data: {ssl-redirect: "false"}
      ---
      """;

  private static final List<String> NAMESPACES = List.of("shop", "other", "lintel");
  private static final WatchScope ALL = new WatchScope("", "", "lintel");

  private static ApiServer server;
  private static KubeClient adminClient;
  private static KubernetesClient admin;

  @TempDir Path folder;

  private final StoreProbe probe = new StoreProbe();
  private KubeClient client;
  private KubeSource source;

  @BeforeAll
  static void startCluster() throws Exception {
    server = ApiServer.start();
    adminClient = server.client(ApiServer.ADMIN);
    admin = adminClient.client();
    for (String name : NAMESPACES) {
      namespace(name, Map.of());
    }
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
    client = server.client(ApiServer.ADMIN);
  }

  @AfterEach
  void stop() {
    if (source != null) {
      source.close();
    }
    client.close();
    admin.network().v1().ingresses().inAnyNamespace().delete();
    for (String namespace : NAMESPACES) {
      admin.services().inNamespace(namespace).delete();
      admin.secrets().inNamespace(namespace).delete();
      admin.configMaps().inNamespace(namespace).delete();
      admin.discovery().v1().endpointSlices().inNamespace(namespace).delete();
    }
    admin.rbac().clusterRoleBindings().withName("lintel").delete();
  }

  @Test
  void aManifestMeansTheSameInAFolderAndInACluster() throws Exception {
    String manifests = MANIFESTS + Pems.fresh().secret("shop", "web-tls");
    Files.writeString(folder.resolve("all.yaml"), manifests);
    StoreProbe fromFolder = new StoreProbe();
    FolderSource.start(folder, fromFolder.store()).close();

    start(ALL); // half of the objects by watch
    apply(manifests);
    Map<String, Object> wanted = comparable(fromFolder.store().snapshot());
    probe.await("all objects", 10_000, state -> comparable(state).size() == wanted.size());
    assertThat(comparable(probe.store().snapshot())).isEqualTo(wanted);

    StoreProbe listed = new StoreProbe();
    try (KubeSource second = KubeSource.start(client, ALL, listed.store())) {
      listed.awaitSynced(10_000); // and half of the truth by list
      assertThat(comparable(listed.store().snapshot())).isEqualTo(wanted);
      awaitWatches(second);
    }
  }

  @Test
  void changesAndDeletionsArriveAndAnIrrelevantOneDoesNot() throws Exception {
    apply(MANIFESTS);
    start(ALL);

    admin
        .network()
        .v1()
        .ingresses()
        .inNamespace("shop")
        .withName("web")
        .editStatus(
            ingress ->
                ingress
                    .edit()
                    .editOrNewStatus()
                    .withNewLoadBalancer()
                    .addNewIngress()
                    .withIp("192.0.2.1")
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus()
                    .build());
    settings("a", "1");
    probe.await("the ConfigMap", 5_000, state -> hasSetting(state, "a", "1"));
    awaitStatus(List.of("192.0.2.1"));
    assertThat(probe.store().take()).as("the status is not Lintel's input").isNull();

    admin.network().v1().ingresses().inNamespace("shop").withName("web").delete();
    probe.await("the deletion", 5_000, state -> state.ingresses().isEmpty());
    awaitStatus(List.of());
  }

  @Test
  void aRelabelledNamespaceIsNoticedAtOnce() throws Exception {
    apply(MANIFESTS);
    start(new WatchScope("", "team=a", "lintel"));
    assertThat(probe.store().snapshot().ingresses()).isEmpty();
    assertThat(probe.store().snapshot().services()).isNotEmpty();

    namespace("shop", Map.of("team", "a"));
    probe.await("the selected Ingress", 5_000, state -> state.ingresses().size() == 1);

    namespace("shop", Map.of("team", "b"));
    probe.await("no Ingress", 5_000, state -> state.ingresses().isEmpty());
  }

  @Test
  void aSingleNamespaceIsAllThatIsSeenButForTheControllersOwn() throws Exception {
    apply(MANIFESTS);
    apply(
        MANIFESTS.replace("namespace: shop", "namespace: other").replace("10.96.7.7", "10.96.7.8"));
    apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {namespace: lintel, name: own}
        spec: {ports: [{port: 80}]}
        """);

    start(new WatchScope("shop", "", "lintel"));

    KubernetesSnapshot state = probe.store().snapshot();
    assertThat(state.ingresses()).containsOnlyKeys(key("shop", "web"));
    assertThat(state.services().keySet())
        .extracting(ObjectKey::namespace)
        .containsOnly("shop", "lintel");
    assertThat(state.configMaps()).containsKey(key("lintel", "settings"));
  }

  @Test
  void withoutRightsItWaitsAndWithTheFewItNeedsItServes() throws Exception {
    apply(MANIFESTS);
    client.close();
    client = server.client(ApiServer.LINTEL);
    source = KubeSource.start(client, ALL, probe.store());
    TimeUnit.SECONDS.sleep(3);
    assertThat(probe.store().isSynced()).isFalse();

    apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: lintel}
        rules:
          - {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [list, watch]}
          - {apiGroups: [""], resources: [services, secrets, configmaps], verbs: [list, watch]}
          - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: lintel}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lintel}
        subjects: [{kind: User, name: lintel}]
        """);
    probe.awaitSynced(15_000);
    assertThat(probe.store().snapshot().ingresses()).hasSize(1);
  }

  @Test
  void itOutlivesAnApiServerThatIsKilled() throws Exception {
    apply(MANIFESTS);
    start(ALL);
    KubernetesSnapshot before = probe.store().snapshot();

    server.kill();
    TimeUnit.SECONDS.sleep(OUTAGE_SECONDS);
    assertThat(probe.store().snapshot()).isEqualTo(before);
    long live = server.startServer();
    settings("after", "kill");

    long seen =
        probe.await(
            "an edit after the restart", 10_000, state -> hasSetting(state, "after", "kill"));
    report("killed", live, seen);
    assertThat(probe.store().snapshot().ingresses()).isEqualTo(before.ingresses());
  }

  @Test
  void itOutlivesAnApiServerThatIsFrozen() throws Exception {
    apply(MANIFESTS);
    start(ALL);
    KubernetesSnapshot before = probe.store().snapshot();

    server.freeze();
    TimeUnit.SECONDS.sleep(OUTAGE_SECONDS + 15); // longer than two pings
    assertThat(probe.store().snapshot()).isEqualTo(before);
    assertThat(source.isWatching()).isFalse();
    long live = server.thaw();
    settings("after", "freeze");

    long seen =
        probe.await(
            "an edit after the thaw", 10_000, state -> hasSetting(state, "after", "freeze"));
    report("frozen", live, seen);
  }

  @Test
  void itNoticesThatItsWatchesWereForgotten() throws Exception {
    itOutlivesForgottenConnections(true);
  }

  @Test
  void itNoticesThatItsConnectionsWereForgottenBeforeTheWatchesStood() throws Exception {
    itOutlivesForgottenConnections(false);
  }

  private void itOutlivesForgottenConnections(boolean afterTheWatchesStood) throws Exception {
    apply(MANIFESTS);
    try (Relay relay = new Relay(server.port())) {
      client.close();
      client = KubeClient.connect(server.access(ApiServer.ADMIN, relay.port()));
      start(ALL);
      if (afterTheWatchesStood) {
        awaitWatches(source);
      }

      long begin = System.nanoTime();
      relay.forgetConnections();
      settings("after", "forgotten");

      long seen =
          probe.await(
              "an edit behind a dead connection",
              40_000,
              state -> hasSetting(state, "after", "forgotten"));
      report("forgotten", begin, seen);
      source.close();
    }
  }

  private static void awaitWatches(KubeSource source) throws InterruptedException {
    for (int i = 0; i < 200 && !source.isWatching(); i++) {
      TimeUnit.MILLISECONDS.sleep(25);
    }
    assertThat(source.isWatching()).isTrue();
  }

  private void start(WatchScope scope) throws InterruptedException {
    source = KubeSource.start(client, scope, probe.store());
    probe.awaitSynced(20_000);
  }

  /// The status wakes nobody.
  private void awaitStatus(List<String> addresses) throws InterruptedException {
    for (int i = 0; i < 200 && !addresses.equals(source.publishedStatus(key("shop", "web"))); i++) {
      TimeUnit.MILLISECONDS.sleep(25);
    }
    assertThat(source.publishedStatus(key("shop", "web"))).isEqualTo(addresses);
  }

  private static void report(String what, long fromNanos, long toNanos) {
    System.out.println(
        what
            + " for "
            + OUTAGE_SECONDS
            + " s or more: current again after "
            + (toNanos - fromNanos) / 1_000_000
            + " ms");
  }

  private static void apply(String manifests) {
    for (HasMetadata object :
        admin.load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8))).items()) {
      admin.resource(object).forceConflicts().serverSideApply();
    }
  }

  private static void namespace(String name, Map<String, String> labels) {
    admin
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static void settings(String name, String value) {
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace("lintel")
            .withName("probe")
            .endMetadata()
            .addToData(name, value)
            .build();
    admin.resource(map).forceConflicts().serverSideApply();
  }

  private static boolean hasSetting(KubernetesSnapshot state, String name, String value) {
    return state.configMaps().containsKey(key("lintel", "probe"))
        && value.equals(state.configMaps().get(key("lintel", "probe")).data().get(name));
  }

  private static ObjectKey key(String namespace, String name) {
    return new ObjectKey(namespace, name);
  }

  /// Everything in the store but what only a cluster knows: identities, times, its own objects.
  private static Map<String, Object> comparable(KubernetesSnapshot state) {
    Map<String, Object> all = new TreeMap<>();
    put(all, state.ingresses());
    put(all, state.classes());
    put(all, state.services());
    put(all, state.secrets());
    put(all, state.configMaps());
    state.slices().forEach((key, slices) -> all.put("slices of " + key, slices));
    all.keySet().removeIf(name -> name.contains("default/") || name.contains("kube-"));
    return all;
  }

  private static void put(Map<String, Object> all, Map<?, ? extends ObjectView> objects) {
    for (ObjectView view : objects.values()) {
      all.put(view.kind() + " " + view.key(), view instanceof IngressView i ? anonymous(i) : view);
    }
  }

  private static IngressView anonymous(IngressView view) {
    return new IngressView(
        view.key(),
        "",
        Instant.EPOCH,
        view.annotations(),
        view.className(),
        view.defaultBackend(),
        view.rules(),
        view.tls());
  }
}
