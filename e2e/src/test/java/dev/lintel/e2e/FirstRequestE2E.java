package dev.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// A user's first hour: three pods, a Service, an Ingress with a certificate; then a mistake.
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FirstRequestE2E {
  private static final String HOST = "shop.first.test";
  private static final Duration LIVE = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Lintel lintel;
  private final Web web;
  private final String namespace;
  private final Certificate certificate = Certificate.of(HOST);

  FirstRequestE2E(Cluster cluster) {
    this.cluster = cluster;
    lintel = cluster.lintel();
    web = lintel.web();
    namespace = cluster.namespace("first");
  }

  @BeforeAll
  void applyManifests() {
    cluster.apply(namespace, Manifest.echo("shop", 3, "v1"));
    cluster.apply(namespace, certificate.secret("shop-tls"));
    cluster.apply(
        namespace,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: shop}
        spec:
          ingressClassName: nginx
          tls: [{hosts: [%1$s], secretName: shop-tls}]
          rules:
          - host: %1$s
            http:
              paths:
              - {path: /cart, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}
              - {path: /exact, pathType: Exact, backend: {service: {name: shop, port: {number: 80}}}}
        """
            .formatted(HOST));
    cluster.apply(
        namespace,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: plain}
        spec:
          ingressClassName: nginx
          rules:
          - host: plain.first.test
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
        """);
    cluster.awaitRollout(namespace, "shop", Duration.ofSeconds(60));
    Await.until("the Ingress is served", LIVE, () -> web.https(HOST, "/cart").status() == 200);
  }

  @Test
  void https_answers_by_host_and_path_with_the_secrets_certificate() throws Exception {
    Web.Answer answer = web.https(HOST, "/cart/1?size=2");
    assertThat(answer.serial()).isEqualTo(certificate.serial());
    assertThat(answer.echoed().path()).isEqualTo("/cart/1");
    assertThat(answer.echoed().query()).isEqualTo("size=2");
    assertThat(answer.echoed().host()).isEqualTo(HOST);
    assertThat(answer.echoed().headers())
        .containsEntry("x-forwarded-proto", "https")
        .containsEntry("x-forwarded-port", "443")
        .containsKeys("x-forwarded-for", "x-real-ip", "x-request-id");
    assertThat(answer.header("strict-transport-security")).isNotEmpty();
    assertThat(web.https(HOST, "/exact").status()).isEqualTo(200);
    assertThat(web.https(HOST, "/exact/below").status()).isEqualTo(404);
    assertThat(web.https(HOST, "/other").status()).isEqualTo(404);
  }

  @Test
  void http_answers_where_a_host_has_no_certificate_and_redirects_where_it_has_one()
      throws Exception {
    assertThat(web.http("plain.first.test", "/any").echoed().path()).isEqualTo("/any");
    Web.Answer redirect = web.http(HOST, "/cart/1?size=2");
    assertThat(redirect.status()).isEqualTo(308);
    assertThat(redirect.header("location")).isEqualTo("https://" + HOST + "/cart/1?size=2");
    assertThat(web.http("nobody.first.test", "/").status()).isEqualTo(404);
  }

  @Test
  void an_unknown_host_gets_the_default_certificate() throws Exception {
    BigInteger served = web.https("nobody.first.test", "/").serial();
    assertThat(served).isNotEqualTo(certificate.serial());
  }

  @Test
  void all_three_pods_are_used() throws Exception {
    Set<String> pods = new TreeSet<>();
    for (int i = 0; i < 30; i++) {
      pods.add(web.https(HOST, "/cart").echoed().pod());
    }
    assertThat(pods).hasSize(3);
  }

  @Test
  @OwnNode("plays the cloud that assigns the load balancer's address")
  void status_carries_the_load_balancers_address_once_it_is_assigned() {
    awaitStatus("shop", List.of(Lintel.ADDRESS));
    cluster.assign(Lintel.NAMESPACE, Lintel.SERVICE, null);
    cluster.apply(namespace, Manifest.ingress("late", "late.first.test", "/", "shop", "/", ""));
    // Nothing may come, and what comes with the address proves that it would have come by now.
    Await.pause(Duration.ofSeconds(2));
    awaitStatus("late", List.of());
    cluster.assign(Lintel.NAMESPACE, Lintel.SERVICE, Lintel.ADDRESS);
    awaitStatus("late", List.of(Lintel.ADDRESS));
    cluster.assign(Lintel.NAMESPACE, Lintel.SERVICE, Lintel.OTHER_ADDRESS);
    awaitStatus("shop", List.of(Lintel.OTHER_ADDRESS));
    cluster.assign(Lintel.NAMESPACE, Lintel.SERVICE, Lintel.ADDRESS);
    awaitStatus("shop", List.of(Lintel.ADDRESS));
    Await.until("kube-proxy serves it", LIVE, () -> web.https(HOST, "/cart").status() == 200);
  }

  private void awaitStatus(String name, List<String> addresses) {
    Duration took =
        Await.until(
            "status of the Ingress " + name + " is " + addresses,
            Duration.ofSeconds(60),
            () -> {
              Ingress ingress =
                  cluster
                      .client()
                      .network()
                      .v1()
                      .ingresses()
                      .inNamespace(namespace)
                      .withName(name)
                      .get();
              return ingress.getStatus().getLoadBalancer().getIngress().stream()
                  .map(i -> i.getIp())
                  .toList()
                  .equals(addresses);
            });
    System.out.printf("status of %s is %s after %d ms%n", name, addresses, took.toMillis());
  }

  @Test
  void a_mistake_is_told_by_an_event_on_the_ingress_and_the_rest_is_served() throws Exception {
    cluster.apply(
        namespace,
        Manifest.ingress("mistaken", "mistaken.first.test", "/", "no-such-service", "/", ""));
    Duration took =
        Await.until(
            "an event about the missing Service",
            Duration.ofSeconds(30),
            () ->
                cluster
                    .client()
                    .events()
                    .v1()
                    .events()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .stream()
                    .anyMatch(
                        e ->
                            "mistaken".equals(e.getRegarding().getName())
                                && "Warning".equals(e.getType())
                                && e.getNote().contains("no-such-service")));
    System.out.printf("event after %d ms%n", took.toMillis());
    assertThat(web.http("mistaken.first.test", "/").status()).isEqualTo(503);
    assertThat(web.https(HOST, "/cart").status()).isEqualTo(200);
  }
}
