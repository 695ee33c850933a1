package dev.lintel.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The Kubernetes of this run: its client, the node's controls where it is our own, and Lintel,
/// which helm installs when a test first asks for it. Closed at the end of the run: namespaces and
/// the release that were made are removed, except on our own node, which is thrown away anyway.
final class Cluster implements AutoCloseable {
  private static final String FIELD_MANAGER = "lintel-e2e";

  private final KubernetesClient client;
  private final List<String> namespaces = new ArrayList<>();
  private @Nullable Lintel lintel;

  private Cluster(KubernetesClient client) {
    this.client = client;
  }

  static Cluster connect() {
    // HTTP/1.1, and no patience: an API server that is killed or frozen by a test must not block
    // the test's own calls on a dead connection.
    Config config = Config.autoConfigure(null);
    config.setHttp2Disable(true);
    config =
        new ConfigBuilder(config)
            .withRequestTimeout(3_000)
            .withConnectionTimeout(3_000)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new Cluster(
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build());
  }

  KubernetesClient client() {
    return client;
  }

  Optional<Node> node() {
    return Environment.OWN_NODE.map(Node::new);
  }

  Node ownNode() {
    return node().orElseThrow(() -> new IllegalStateException("the test lacks @OwnNode"));
  }

  synchronized Lintel lintel() {
    if (lintel == null) {
      lintel = Lintel.install(this);
    }
    return lintel;
  }

  /// A new namespace whose name begins with this.
  synchronized String namespace(String prefix) {
    String name = prefix + "-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000));
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    namespaces.add(name);
    return name;
  }

  /// Applies YAML, of one or several documents, as `kubectl apply --server-side` does.
  void apply(String namespace, String yaml) {
    for (HasMetadata item : client.load(stream(yaml)).items()) {
      client
          .resource(item)
          .inNamespace(namespace)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager(FIELD_MANAGER)
                  .withForce(true)
                  .build());
    }
  }

  /// Creates what the YAML of one document says; faster than `apply` where there are thousands.
  void create(String namespace, String yaml) {
    HasMetadata item = client.load(stream(yaml)).items().getFirst();
    client.resource(item).inNamespace(namespace).create();
  }

  /// Whether the API server says that it lives.
  boolean lives() {
    try {
      return "ok".equals(client.raw("/livez"));
    } catch (RuntimeException e) {
      return false;
    }
  }

  /// Plays the cloud: gives a Service of type LoadBalancer its address, or takes it away.
  void assign(String namespace, String service, @Nullable String address) {
    String ingress = address == null ? "null" : "[{\"ip\":\"" + address + "\"}]";
    client
        .services()
        .inNamespace(namespace)
        .withName(service)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\":{\"loadBalancer\":{\"ingress\":" + ingress + "}}}");
  }

  static List<String> addresses(Service service) {
    return service.getStatus().getLoadBalancer().getIngress().stream()
        .map(i -> i.getIp() == null ? i.getHostname() : i.getIp())
        .toList();
  }

  void awaitRollout(String namespace, String deployment, Duration limit) {
    Await.until(
        "rollout of " + namespace + "/" + deployment,
        limit,
        () -> {
          var d = client.apps().deployments().inNamespace(namespace).withName(deployment).get();
          int want = d.getSpec().getReplicas();
          var is = d.getStatus();
          return d.getMetadata().getGeneration().equals(is.getObservedGeneration())
              && number(is.getUpdatedReplicas()) == want
              && number(is.getReadyReplicas()) == want
              && number(is.getReplicas()) == want;
        });
  }

  void scale(String namespace, String deployment, int replicas) {
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName(deployment)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":" + replicas + "}}");
  }

  /// Waits until no pod of the deployment is on its way out.
  void awaitPods(String namespace, String label, String value, int count, Duration limit) {
    Await.until(
        count + " pods of " + value,
        limit,
        () ->
            client.pods().inNamespace(namespace).withLabel(label, value).list().getItems().size()
                == count);
  }

  private static int number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private static java.io.InputStream stream(String yaml) {
    return new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static <T> T parse(String json, Class<T> type) {
    return Serialization.unmarshal(json, type);
  }

  @Override
  public synchronized void close() {
    if (node().isEmpty()) {
      if (lintel != null) {
        lintel.uninstall();
      }
      namespaces.forEach(name -> client.namespaces().withName(name).delete());
    }
    client.close();
  }
}
