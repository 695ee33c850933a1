package dev.lintel.e2e;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The release of the chart under test, under the names that ingress-nginx's chart would give.
record Lintel(Cluster cluster) {
  static final String NAMESPACE = "ingress-nginx";
  static final String DEPLOYMENT = "ingress-nginx-controller";
  static final String SERVICE = "ingress-nginx-controller";
  private static final String RELEASE = "ingress-nginx";

  /// What the cloud assigns on our own node; kube-proxy serves it.
  static final String ADDRESS = "172.30.0.100";

  static final String OTHER_ADDRESS = "172.30.0.101";

  private static final Duration LIMIT = Duration.ofSeconds(120);

  /// Short drains, so that the tests of rollouts end soon; the memory limit is the promised one.
  private static String values(String image) {
    int slash = image.lastIndexOf('/');
    int colon = image.lastIndexOf(':');
    return """
    controller:
      image: {registry: "%s", image: "%s", tag: "%s", pullPolicy: IfNotPresent}
      replicaCount: 2
      terminationGracePeriodSeconds: 45
      extraArgs: {pre-stop-period: "5", drain-timeout: "30"}
      resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 256Mi}}
      readinessProbe: {initialDelaySeconds: 0, periodSeconds: 1}
    """
        .formatted(
            image.substring(0, slash),
            image.substring(slash + 1, colon),
            image.substring(colon + 1));
  }

  static Lintel install(Cluster cluster) {
    long began = System.nanoTime();
    if (cluster.node().isEmpty() && helm("list", "-q", "-n", NAMESPACE).contains(RELEASE)) {
      throw new AssertionError(
          "the cluster has a release " + RELEASE + " already, which these tests would replace");
    }
    try {
      Path values = Files.createTempFile("values", ".yaml");
      Files.writeString(values, values(Environment.IMAGE));
      helm(
          "upgrade",
          "--install",
          RELEASE,
          Environment.CHART.toString(),
          "--namespace",
          NAMESPACE,
          "--create-namespace",
          "--values",
          values.toString());
      Files.delete(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Lintel lintel = new Lintel(cluster);
    try {
      cluster.awaitRollout(NAMESPACE, DEPLOYMENT, LIMIT);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + lintel.report(), e);
    }
    System.out.printf(
        "chart installed, 2 replicas ready after %.1f s%n", (System.nanoTime() - began) / 1e9);
    if (cluster.node().isPresent()) {
      cluster.assign(NAMESPACE, SERVICE, ADDRESS);
    }
    return lintel;
  }

  void uninstall() {
    helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait");
  }

  /// Where clients reach it: the load balancer's address, once there is one.
  Web web() {
    List<String> found = new ArrayList<>();
    Await.until(
        "the Service " + SERVICE + " has a load balancer's address",
        LIMIT,
        () -> {
          found.clear();
          found.addAll(
              Cluster.addresses(
                  cluster.client().services().inNamespace(NAMESPACE).withName(SERVICE).get()));
          return !found.isEmpty();
        });
    return new Web(found.getFirst(), 80, 443);
  }

  List<Pod> pods() {
    return cluster
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabels(
            Map.of(
                "app.kubernetes.io/instance", RELEASE, "app.kubernetes.io/component", "controller"))
        .list()
        .getItems();
  }

  /// Each pod with its restarts and the time since when it is ready: equal lists mean that nothing
  /// happened to any of them in between.
  List<String> readySince() {
    return pods().stream()
        .map(
            pod ->
                pod.getMetadata().getName()
                    + " restarts: "
                    + pod.getStatus().getContainerStatuses().getFirst().getRestartCount()
                    + pod.getStatus().getConditions().stream()
                        .filter(c -> c.getType().equals("Ready"))
                        .map(
                            c -> " ready: " + c.getStatus() + " since " + c.getLastTransitionTime())
                        .toList())
        .sorted()
        .toList();
  }

  void scale(int replicas) {
    cluster.scale(NAMESPACE, DEPLOYMENT, replicas);
    cluster.awaitRollout(NAMESPACE, DEPLOYMENT, LIMIT);
    Await.until(replicas + " pods of Lintel", LIMIT, () -> pods().size() == replicas);
  }

  void restart() {
    cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(DEPLOYMENT)
        .rolling()
        .restart();
    cluster.awaitRollout(NAMESPACE, DEPLOYMENT, LIMIT);
  }

  /// The highest working set among the pods, as the kubelets count it against the limit; 0 when the
  /// account of the tests may not ask them.
  long workingSetBytes() {
    long highest = 0;
    for (Pod pod : pods()) {
      String path = "/api/v1/nodes/" + pod.getSpec().getNodeName() + "/proxy/stats/summary";
      try {
        Stats stats = Cluster.parse(cluster.client().raw(path), Stats.class);
        for (Stats.OfPod of : stats.pods()) {
          if (of.podRef().name().equals(pod.getMetadata().getName()) && of.memory() != null) {
            highest = Math.max(highest, of.memory().workingSetBytes());
          }
        }
      } catch (RuntimeException e) {
        return 0;
      }
    }
    return highest;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Stats(List<OfPod> pods) {
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record OfPod(Name podRef, @Nullable Memory memory) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Name(String name) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Memory(long workingSetBytes) {}
  }

  /// The pods' states and last log lines, for the message of a failure.
  String report() {
    StringBuilder text = new StringBuilder();
    for (Pod pod : pods()) {
      text.append(pod.getMetadata().getName()).append(": ");
      pod.getStatus().getContainerStatuses().forEach(c -> text.append(states(c)));
      text.append('\n');
      try {
        text.append(
            cluster
                .client()
                .pods()
                .inNamespace(NAMESPACE)
                .withName(pod.getMetadata().getName())
                .tailingLines(40)
                .getLog());
      } catch (RuntimeException e) {
        text.append("no log: ").append(e.getMessage()).append('\n');
      }
    }
    return text.toString();
  }

  private static String states(ContainerStatus container) {
    return Serialization.asJson(container.getState())
        + ", before: "
        + Serialization.asJson(container.getLastState());
  }

  private static String helm(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Environment.HELM));
    command.addAll(List.of(arguments));
    return Shell.run(Duration.ofSeconds(180), command);
  }
}
