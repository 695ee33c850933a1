package dev.lintel.ingress.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.folder.ManifestReader.Manifests;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.IngressClassView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.IngressView.PathType;
import dev.lintel.ingress.snapshot.IngressView.PathView;
import dev.lintel.ingress.snapshot.IngressView.RuleView;
import dev.lintel.ingress.snapshot.IngressView.TlsView;
import dev.lintel.ingress.snapshot.NamespaceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.ingress.snapshot.ServiceView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestReaderTest {
  @Test
  void anIngressHasAllItsFields() {
    assertThat(
            one(
                """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  namespace: shop
                  name: web
                  uid: 12-34
                  creationTimestamp: 2026-01-02T03:04:05Z
                  annotations: {nginx.ingress.kubernetes.io/limit-rps: "5", other: x}
                spec:
                  ingressClassName: nginx
                  defaultBackend: {service: {name: fallback, port: {name: http}}}
                  tls:
                    - hosts: [a.example.com, b.example.com]
                      secretName: web-tls
                    - {}
                  rules:
                    - host: a.example.com
                      http:
                        paths:
                          - {path: /x, pathType: Exact, backend: {service: {name: s, port: {number: 80}}}}
                          - {path: /y, pathType: Prefix, backend: {resource: {kind: Bucket, name: b}}}
                          - {pathType: ImplementationSpecific, backend: {service: {name: s, port: {}}}}
                          - {path: /z, backend: {service: {name: s, port: {number: 81}}}}
                    - {}
                """))
        .isEqualTo(
            new IngressView(
                new ObjectKey("shop", "web"),
                "12-34",
                Instant.parse("2026-01-02T03:04:05Z"),
                Map.of("nginx.ingress.kubernetes.io/limit-rps", "5", "other", "x"),
                "nginx",
                new BackendView("fallback", 0, "http", null),
                List.of(
                    new RuleView(
                        "a.example.com",
                        List.of(
                            new PathView(
                                "/x", PathType.EXACT, new BackendView("s", 80, null, null)),
                            new PathView(
                                "/y", PathType.PREFIX, new BackendView("", 0, null, "Bucket/b")),
                            new PathView(
                                "",
                                PathType.IMPLEMENTATION_SPECIFIC,
                                new BackendView("s", 0, null, null)),
                            new PathView(
                                "/z", PathType.UNSET, new BackendView("s", 81, null, null)))),
                    new RuleView("", List.of())),
                List.of(
                    new TlsView(List.of("a.example.com", "b.example.com"), "web-tls"),
                    new TlsView(List.of(), ""))));
  }

  @Test
  void aServiceHasAllItsFields() {
    assertThat(
            one(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  type: LoadBalancer
                  clusterIP: 10.96.0.3
                  externalIPs: [192.0.2.9, 192.0.2.1]
                  sessionAffinity: ClientIP
                  ports:
                    - {name: http, port: 80, targetPort: web, appProtocol: kubernetes.io/ws}
                    - {port: 53, targetPort: 5353, protocol: UDP}
                    - {name: plain, port: 81}
                status: {loadBalancer: {ingress: [{ip: 192.0.2.1}, {hostname: lb.example.com}]}}
                """))
        .isEqualTo(
            new ServiceView(
                new ObjectKey("default", "web"),
                ServiceView.Type.LOAD_BALANCER,
                "10.96.0.3",
                null,
                List.of(
                    new ServiceView.PortView("http", 80, "web", "TCP", "kubernetes.io/ws"),
                    new ServiceView.PortView(null, 53, "5353", "UDP", null),
                    new ServiceView.PortView("plain", 81, "81", "TCP", null)),
                List.of("192.0.2.1", "lb.example.com", "192.0.2.9"),
                true));
  }

  @Test
  void anEndpointSliceHasAllItsFieldsAndMissingConditionsHaveDefaults() {
    assertThat(
            one(
                """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: shop, name: web-x, labels: {kubernetes.io/service-name: web}}
                addressType: IPv6
                ports: [{name: "", port: 8080}, {name: any}]
                endpoints:
                  - {addresses: ["2001:db8::1"]}
                  - addresses: ["2001:db8::2"]
                    conditions: {ready: false, serving: true, terminating: true}
                    zone: a
                    hints: {forZones: [{name: a}, {name: b}]}
                """))
        .isEqualTo(
            new EndpointSliceView(
                new ObjectKey("shop", "web-x"),
                new ObjectKey("shop", "web"),
                "IPv6",
                List.of(new EndpointSliceView.PortView("", 8080, "TCP")),
                List.of(
                    new EndpointView(List.of("2001:db8::1"), true, true, false, null, List.of()),
                    new EndpointView(
                        List.of("2001:db8::2"), false, true, true, "a", List.of("a", "b")))));
  }

  @Test
  void theSmallKindsHaveAllTheirFields() {
    Manifests read =
        ManifestReader.read(
            "small.yaml",
            """
            {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
             "metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {namespace: sys, name: settings}
            data: {ssl-redirect: "false"}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: sys, labels: {team: a}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: users}
            data: {auth: YTpi}
            stringData: {ca.crt: pem}
            """);

    assertThat(read.problems()).isEmpty();
    assertThat(read.objects())
        .containsExactly(
            new IngressClassView("nginx", "k8s.io/ingress-nginx"),
            new ConfigMapView(new ObjectKey("sys", "settings"), Map.of("ssl-redirect", "false")),
            new NamespaceView("sys", Map.of("team", "a")),
            new SecretView(
                new ObjectKey("default", "users"),
                "Opaque",
                Map.of("auth", bytes("a:b"), "ca.crt", bytes("pem")),
                null,
                null));
  }

  @Test
  void aListGivesItsItems() {
    Manifests read =
        ManifestReader.read(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
              - {apiVersion: v1, kind: NamespaceList, items: [{metadata: {name: b}}]}
              - 7
            """);

    assertThat(read.objects())
        .extracting(ObjectView::key)
        .containsExactly(new ObjectKey("", "a"), new ObjectKey("", "b"));
    assertThat(sentences(read))
        .containsExactly(
            "file list.yaml:1 items: an item that is no mapping (expected: objects);"
                + " the last good objects of this file stay");
  }

  @Test
  void aBadDocumentIsNamedByFileAndLineAndTheRestIsRead() {
    Manifests read =
        ManifestReader.read(
            "bad.yaml",
            """
            # the first one is fine
            apiVersion: v1
            kind: Namespace
            metadata: {name: a}
            ---
            # a comment
            apiVersion: v1
            kind: Namespace
            metadata: {name: "b}
            --- # still read
            apiVersion: v1
            kind: Namespace
            metadata: {name: c}
            ...
            ---
            - no
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: d, annotations: {limit-rps: 5}}
            """);

    assertThat(read.objects()).extracting(view -> view.key().name()).containsExactly("a", "c");
    assertThat(sentences(read))
        .containsExactly(
            "file bad.yaml:10 document: found unexpected end of stream (expected: YAML or JSON);"
                + " the last good objects of this file stay",
            "file bad.yaml:16 document: no mapping (expected: an object with apiVersion and"
                + " kind); the last good objects of this file stay",
            "file bad.yaml:18 metadata.annotations.limit-rps: the number 5 (expected: a text, in"
                + " quotes); the last good objects of this file stay");
  }

  @Test
  void faultsNameTheWholePathOfTheField() {
    Manifests read =
        ManifestReader.read(
            "path.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: d}
            spec:
              rules:
                - host: a
                - http: {paths: [{backend: {service: {name: s, port: {number: http}}}}]}
            """);

    assertThat(sentences(read))
        .containsExactly(
            "file path.yaml:1 spec.rules[1].http.paths[0].backend.service.port.number: \"http\""
                + " (expected: a whole number); the last good objects of this file stay");
  }

  @Test
  void otherKindsAndVersionsAreNamedAndLeftAlone() {
    Manifests read =
        ManifestReader.read(
            "kinds.yaml",
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
            ---
            {apiVersion: networking.k8s.io/v1beta1, kind: Ingress, metadata: {name: a}}
            ---
            {kind: Ingress}
            """);

    assertThat(read.objects()).isEmpty();
    assertThat(sentences(read))
        .containsExactly(
            "file kinds.yaml:1 document: apps/v1 Deployment; ignored",
            "file kinds.yaml:3 apiVersion: networking.k8s.io/v1beta1 Ingress (expected:"
                + " networking.k8s.io/v1); ignored",
            "file kinds.yaml:5 document: no apiVersion or no kind (expected: an object that has"
                + " both); the last good objects of this file stay");
    assertThat(read.problems().getFirst().severity()).isEqualTo(Problem.Severity.INFO);
  }

  @Test
  void ofTwoDocumentsForOneObjectTheFirstIsUsed() {
    Manifests read =
        ManifestReader.read(
            "twice.yaml",
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {n: "1"}}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {n: "2"}}}
            """);

    assertThat(read.objects()).containsExactly(new NamespaceView("a", Map.of("n", "1")));
    assertThat(sentences(read))
        .containsExactly(
            "file twice.yaml:2 Namespace a: it stands in twice.yaml:1 as well (expected: one"
                + " manifest of each object); the one in twice.yaml:1 is used");
  }

  @Test
  void aFaultNeverShowsTheBytesOfASecret() {
    Manifests read =
        ManifestReader.read(
            "secret.yaml",
            """
            {apiVersion: v1, kind: Secret, metadata: {name: a}, data: {auth: "hunter2=x"}}
            """);

    assertThat(sentences(read))
        .containsExactly(
            "file secret.yaml:1 data.auth: what is not base64 (expected: base64, or stringData);"
                + " the last good objects of this file stay");
  }

  @Test
  void emptyAndCommentedOutFilesSayNothing() {
    assertThat(ManifestReader.read("empty.yaml", "").problems()).isEmpty();
    assertThat(ManifestReader.read("notes.yaml", "# only\n---\n\n---\n# notes\n").problems())
        .isEmpty();
  }

  private static ObjectView one(String text) {
    Manifests read = ManifestReader.read("one.yaml", text);
    assertThat(read.problems()).isEmpty();
    assertThat(read.objects()).hasSize(1);
    return read.objects().getFirst();
  }

  private static List<String> sentences(Manifests read) {
    return read.problems().stream().map(Problem::sentence).toList();
  }

  private static Bytes bytes(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
