package dev.lintel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClass;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The chart keeps what an ingress-nginx release needs to be upgraded in place, and gives the pod
/// no more rights than it uses.
class ChartIT {
  @ParameterizedTest(name = "release {0}, name {1}, fullname {2}: {3}")
  @CsvSource({
    "ingress-nginx,'','',ingress-nginx",
    "my-ingress-nginx-2,'','',my-ingress-nginx-2",
    "edge,'','',edge-ingress-nginx",
    "edge,web,'',edge-web",
    "webfront,web,'',webfront",
    "edge,'',front,front",
  })
  void objectsAreNamedByTheRulesOfIngressNginx(
      String release, String name, String fullname, String expected) {
    Chart chart =
        Chart.render(
            release, "--set", "nameOverride=" + name, "--set", "fullnameOverride=" + fullname);

    assertThat(chart.names(Deployment.class)).containsExactly(expected + "-controller");
    assertThat(chart.names(Service.class)).containsExactly(expected + "-controller");
    assertThat(chart.names(ConfigMap.class)).containsExactly(expected + "-controller");
    assertThat(chart.names(ServiceAccount.class)).containsExactly(expected);
    assertThat(chart.names(ClusterRole.class)).containsExactly(expected);
    assertThat(chart.names(Role.class)).containsExactly(expected);
    assertThat(chart.names(IngressClass.class)).containsExactly("nginx");
  }

  @Test
  void selectorsAreThoseThatADeploymentOfIngressNginxAlreadyHas() {
    Map<String, String> selector =
        Map.of(
            "app.kubernetes.io/name", "ingress-nginx",
            "app.kubernetes.io/instance", "edge",
            "app.kubernetes.io/component", "controller");
    Chart chart = Chart.render("edge", "--set", "controller.replicaCount=2");

    Deployment deployment = chart.only(Deployment.class);
    assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(selector);
    assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(selector);
    assertThat(chart.only(Service.class).getSpec().getSelector()).isEqualTo(selector);
    assertThat(
            chart
                .kind("PodDisruptionBudget")
                .getFirst()
                .<Object>get("spec", "selector", "matchLabels"))
        .isEqualTo(selector);
  }

  @Test
  void flagsNameTheObjectsOfTheRelease() {
    assertThat(container(Chart.render("edge")).getArgs())
        .containsExactly(
            "controller",
            "--publish-service=$(POD_NAMESPACE)/edge-ingress-nginx-controller",
            "--election-id=edge-ingress-nginx-leader",
            "--controller-class=k8s.io/ingress-nginx",
            "--ingress-class=nginx",
            "--configmap=$(POD_NAMESPACE)/edge-ingress-nginx-controller",
            "--client-body-temp-path=/bodies");
  }

  @Test
  void valuesBecomeFlags() {
    Chart chart =
        Chart.render(
            "edge",
            "--set",
            "controller.watchIngressWithoutClass=true",
            "--set",
            "controller.ingressClassByName=true",
            "--set",
            "controller.scope.enabled=true",
            "--set",
            "controller.metrics.enabled=true",
            "--set",
            "controller.publishService.pathOverride=front/lb",
            "--set",
            "controller.electionTTL=20s",
            "--set",
            "controller.extraArgs.drain-timeout=1000000",
            "--set",
            "controller.extraArgs.default-ssl-certificate=tls/wild",
            "--set",
            "controller.extraArgs.disable-catch-all=");
    assertThat(container(chart).getArgs())
        .contains(
            "--watch-ingress-without-class=true",
            "--ingress-class-by-name=true",
            "--watch-namespace=$(POD_NAMESPACE)",
            "--enable-metrics=true",
            "--publish-service=front/lb",
            "--election-ttl=20s",
            "--drain-timeout=1000000",
            "--default-ssl-certificate=tls/wild",
            "--disable-catch-all");
    assertThat(chart.names(Service.class)).contains("edge-ingress-nginx-controller-metrics");
  }

  @Test
  void controllerConfigIsWrittenAsItWasGiven(@TempDir Path folder) throws IOException {
    Path values = folder.resolve("values.yaml");
    Files.writeString(
        values,
        "controller: {config: {hsts: false, hsts-max-age: 31536000, log-format-upstream: '$remote_addr {{x}}'}}");
    assertThat(Chart.render("edge", "-f", values.toString()).only(ConfigMap.class).getData())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "hsts",
                "false",
                "hsts-max-age",
                "31536000",
                "log-format-upstream",
                "$remote_addr {{x}}"));
  }

  @Test
  void podFitsTheRestrictedProfile() {
    PodSpec pod = Chart.render("edge").only(Deployment.class).getSpec().getTemplate().getSpec();
    SecurityContext container = pod.getContainers().getFirst().getSecurityContext();

    assertThat(container.getRunAsNonRoot()).isTrue();
    assertThat(container.getRunAsUser()).isEqualTo(65532);
    assertThat(container.getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getCapabilities().getAdd()).isEmpty();
    assertThat(pod.getSecurityContext().getSysctls())
        .singleElement()
        .satisfies(
            sysctl -> {
              assertThat(sysctl.getName()).isEqualTo("net.ipv4.ip_unprivileged_port_start");
              assertThat(sysctl.getValue()).isEqualTo("0");
            });
    assertThat(pod.getVolumes())
        .singleElement()
        .satisfies(
            volume -> {
              assertThat(volume.getEmptyDir().getSizeLimit()).hasToString("1Gi");
              assertThat(pod.getContainers().getFirst().getVolumeMounts())
                  .singleElement()
                  .satisfies(mount -> assertThat(mount.getName()).isEqualTo(volume.getName()));
            });
  }

  @Test
  void nodeNetworkCostsOneCapabilityAndNoSysctl() {
    PodSpec pod =
        Chart.render(
                "edge",
                "--set",
                "controller.hostNetwork=true",
                "--set",
                "controller.kind=DaemonSet")
            .only(DaemonSet.class)
            .getSpec()
            .getTemplate()
            .getSpec();
    assertThat(pod.getSecurityContext().getSysctls()).isEmpty();
    assertThat(pod.getContainers().getFirst().getSecurityContext().getCapabilities().getAdd())
        .containsExactly("NET_BIND_SERVICE");
  }

  @Test
  void rightsReachNeitherNodesNorPodsNorForeignConfigMaps() {
    Chart chart = Chart.render("edge");
    List<PolicyRule> everywhere = chart.only(ClusterRole.class).getRules();

    assertThat(everywhere.stream().flatMap(rule -> rule.getResources().stream()))
        .containsExactlyInAnyOrder(
            "ingressclasses",
            "namespaces",
            "ingresses",
            "ingresses/status",
            "services",
            "secrets",
            "endpointslices",
            "events");
    assertThat(everywhere.stream().flatMap(rule -> rule.getVerbs().stream()))
        .containsOnly("get", "list", "watch", "patch", "create");
    assertThat(chart.only(Role.class).getMetadata().getNamespace()).isEqualTo("edge");
    assertThat(
            chart.only(Role.class).getRules().stream()
                .flatMap(rule -> rule.getResources().stream()))
        .containsOnly("configmaps", "leases");
  }

  @Test
  void theNodeIsReadForItsZoneOnlyWhereThatIsWanted() {
    assertThat(container(Chart.render("edge")).getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("NODE_NAME");
    Chart chart = Chart.render("edge", "--set", "controller.enableTopologyAwareRouting=true");
    assertThat(container(chart).getArgs()).contains("--enable-topology-aware-routing=true");
    assertThat(container(chart).getEnv())
        .filteredOn(each -> each.getName().equals("NODE_NAME"))
        .extracting(each -> each.getValueFrom().getFieldRef().getFieldPath())
        .containsExactly("spec.nodeName");
    assertThat(chart.only(ClusterRole.class).getRules())
        .filteredOn(rule -> rule.getResources().contains("nodes"))
        .extracting(PolicyRule::getVerbs)
        .containsExactly(List.of("get"));
    assertThat(
            Chart.render(
                    "edge",
                    "--set",
                    "controller.enableTopologyAwareRouting=true",
                    "--set",
                    "controller.extraArgs.zone=eu-1a")
                .only(ClusterRole.class)
                .getRules())
        .noneMatch(rule -> rule.getResources().contains("nodes"));
  }

  @Test
  void scopedRightsHoldInOneNamespaceOnly() {
    Chart chart =
        Chart.render(
            "edge",
            "--set",
            "rbac.scope=true",
            "--set",
            "controller.scope.enabled=true",
            "--set",
            "controller.scope.namespace=apps");
    assertThat(chart.all(ClusterRole.class)).isEmpty();
    assertThat(chart.all(Role.class).stream().map(role -> role.getMetadata().getNamespace()))
        .containsExactlyInAnyOrder("edge", "apps");
    assertThat(container(chart).getArgs()).contains("--watch-namespace=apps");
  }

  @Test
  void tcpAndUdpServicesHaveConfigMapsFlagsPortsAndRights(@TempDir Path folder) throws IOException {
    Path values = folder.resolve("values.yaml");
    Files.writeString(
        values,
        """
        tcp: {9000: "apps/queue:9000:PROXY", "5432": "apps/db:postgres"}
        udp: {53: "kube-system/kube-dns:53"}
        portNamePrefix: x
        controller:
          networkPolicy: {enabled: true}
          udp: {configMapNamespace: dns, annotations: {a: b}}
          service: {nodePorts: {tcp: {9000: 30900}}}
        """);
    Chart chart = Chart.render("edge", "-f", values.toString());
    assertThat(container(chart).getArgs())
        .contains(
            "--tcp-services-configmap=$(POD_NAMESPACE)/edge-ingress-nginx-tcp",
            "--udp-services-configmap=dns/edge-ingress-nginx-udp");
    ConfigMap tcp = configMap(chart, "edge-ingress-nginx-tcp");
    assertThat(tcp.getMetadata().getNamespace()).isEqualTo("edge");
    assertThat(tcp.getData())
        .isEqualTo(Map.of("9000", "apps/queue:9000:PROXY", "5432", "apps/db:postgres"));
    ConfigMap udp = configMap(chart, "edge-ingress-nginx-udp");
    assertThat(udp.getMetadata().getNamespace()).isEqualTo("dns");
    assertThat(udp.getMetadata().getAnnotations()).containsEntry("a", "b");
    assertThat(udp.getData()).isEqualTo(Map.of("53", "kube-system/kube-dns:53"));
    assertThat(
            chart.only(Service.class).getSpec().getPorts().stream()
                .map(
                    port ->
                        port.getName()
                            + " "
                            + port.getProtocol()
                            + " "
                            + port.getPort()
                            + " "
                            + port.getTargetPort().getStrVal()
                            + " "
                            + port.getNodePort()))
        .contains(
            "x-9000-tcp TCP 9000 x-9000-tcp 30900",
            "x-5432-tcp TCP 5432 x-5432-tcp null",
            "x-53-udp UDP 53 x-53-udp null");
    assertThat(
            container(chart).getPorts().stream()
                .map(
                    port ->
                        port.getName() + " " + port.getProtocol() + " " + port.getContainerPort()))
        .contains("x-9000-tcp TCP 9000", "x-5432-tcp TCP 5432", "x-53-udp UDP 53");
    assertThat(chart.all(Role.class).stream().map(role -> role.getMetadata().getNamespace()))
        .containsExactlyInAnyOrder("edge", "dns");
    assertThat(letIn(chart)).contains("TCP 9000", "TCP 5432", "UDP 53");
  }

  @Test
  void http3OpensThePortOfHttpsForUdpAndSwitchesItOn() {
    Chart chart =
        Chart.render(
            "edge",
            "--set",
            "controller.http3.enabled=true,controller.networkPolicy.enabled=true",
            "--set",
            "controller.service.ports.https=8443");
    assertThat(configMap(chart, "edge-ingress-nginx-controller").getData())
        .containsEntry("use-http3", "true");
    assertThat(
            chart.only(Service.class).getSpec().getPorts().stream()
                .map(port -> port.getName() + " " + port.getProtocol() + " " + port.getPort()))
        .contains("https TCP 8443", "http3 UDP 8443");
    assertThat(
            container(chart).getPorts().stream()
                .map(
                    port ->
                        port.getName() + " " + port.getProtocol() + " " + port.getContainerPort()))
        .contains("https TCP 443", "http3 UDP 443");
    assertThat(letIn(chart)).contains("TCP 443", "UDP 443");
    assertThat(
            Chart.render("edge").only(Service.class).getSpec().getPorts().stream()
                .map(port -> port.getProtocol()))
        .doesNotContain("UDP");
  }

  private static List<String> letIn(Chart chart) {
    return chart.only(NetworkPolicy.class).getSpec().getIngress().stream()
        .flatMap(rule -> rule.getPorts().stream())
        .map(port -> port.getProtocol() + " " + port.getPort().getValue())
        .toList();
  }

  private static ConfigMap configMap(Chart chart, String name) {
    return chart.all(ConfigMap.class).stream()
        .filter(map -> map.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void disruptionBudgetExistsOnlyForMoreThanOneReplica() {
    assertThat(Chart.render("edge").kind("PodDisruptionBudget")).isEmpty();
    assertThat(
            Chart.render(
                    "edge",
                    "--set",
                    "controller.autoscaling.enabled=true",
                    "--set",
                    "controller.autoscaling.minReplicas=2")
                .kind("PodDisruptionBudget"))
        .hasSize(1);
  }

  @Test
  void autoscalerOwnsTheReplicas() {
    Chart chart =
        Chart.render(
            "edge",
            "--set",
            "controller.autoscaling.enabled=true",
            "--set",
            "controller.autoscaling.behavior.scaleDown.stabilizationWindowSeconds=120");
    HorizontalPodAutoscaler autoscaler = chart.only(HorizontalPodAutoscaler.class);

    assertThat(chart.only(Deployment.class).getSpec().getReplicas()).isNull();
    assertThat(autoscaler.getSpec().getScaleTargetRef().getName())
        .isEqualTo("edge-ingress-nginx-controller");
    assertThat(
            autoscaler.getSpec().getMetrics().stream()
                .map(metric -> metric.getResource().getName()))
        .containsExactly("cpu", "memory");
    assertThat(autoscaler.getSpec().getBehavior().getScaleDown().getStabilizationWindowSeconds())
        .isEqualTo(120);
  }

  @Test
  void memoryIsLimitedBecauseTheHeapIsAShareOfIt() {
    assertThat(container(Chart.render("edge")).getResources().getLimits()).containsKey("memory");
  }

  @Test
  void valuesOfIngressNginxAreAcceptedAndTheUnusedOnesAreNamed(@TempDir Path folder)
      throws IOException {
    Path values = folder.resolve("values.yaml");
    Files.writeString(
        values,
        """
        controller:
          image: {chroot: true}
          admissionWebhooks: {enabled: true, failurePolicy: Ignore}
          lifecycle: {preStop: {exec: {command: [/wait-shutdown]}}}
          enableMimalloc: true
          keda: {enabled: true}
        dhParam: "x"
        """);
    Chart.Output output =
        Chart.helm(
            Stream.of(
                "install",
                "edge",
                "charts/lintel",
                "--dry-run=client",
                "--hide-secret",
                "-f",
                values.toString()));
    assertThat(output.status()).as(output.text()).isZero();
    assertThat(output.text().substring(output.text().indexOf("NOTES:")))
        .contains(
            "controller.admissionWebhooks",
            "controller.image.chroot",
            "controller.enableMimalloc",
            "controller.keda",
            "dhParam:");
    assertThat(
            container(Chart.render("edge", "-f", values.toString()))
                .getLifecycle()
                .getPreStop()
                .getExec()
                .getCommand())
        .containsExactly("/wait-shutdown");
  }

  @ParameterizedTest
  @CsvSource({
    "controller.kind=StatefulSet,/controller/kind",
    "controller.replicaCount=two,/controller/replicaCount",
    "controller.service.type=Cloud,/controller/service/type",
    "controller.config=x,/controller/config",
    "controller.containerPort.http=70000,/controller/containerPort/http",
  })
  void schemaRefusesAValueOfTheWrongKindByItsPath(String value, String path) {
    Chart.Output output =
        Chart.helm(Stream.of("template", "edge", "charts/lintel", "--set", value));
    assertThat(output.status()).isNotZero();
    assertThat(output.text()).contains(path);
  }

  @Test
  void chartInstallsTheImageOfThisBuild() {
    assertThat(container(Chart.render("edge")).getImage())
        .isEqualTo(System.getProperty("lintel.image"));
  }

  private static Container container(Chart chart) {
    return chart
        .only(Deployment.class)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }
}
