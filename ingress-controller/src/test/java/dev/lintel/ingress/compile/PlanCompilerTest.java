package dev.lintel.ingress.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Features;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.ingress.plan.RoutePlan.Labels;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.proxy.observe.LogFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the goldens do not show: faults of Lintel itself, labels, and independence of order.
class PlanCompilerTest {
  private static final int SEEDS = 1_000;

  private static final String SHARED_HOST =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: good, namespace: default}
      spec:
        ingressClassName: nginx
        rules:
          - host: shop.example.com
            http: {paths: [{path: /good, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: bad, namespace: default, annotations: {nginx.ingress.kubernetes.io/use-regex: "true"}}
      spec:
        ingressClassName: nginx
        rules:
          - host: shop.example.com
            http: {paths: [{path: /bad, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}
      """;

  record Nothing() {}

  /// A feature with a fault that shows for one Ingress.
  private static final class Faulty implements Feature<Nothing> {
    @Override
    public String id() {
      return "faulty";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of();
    }

    @Override
    public Optional<Nothing> read(AnnotationReader in) {
      if (in.ingress().name().equals("bad")) {
        throw new IllegalStateException("boom");
      }
      return Optional.empty();
    }

    @Override
    public void install(Nothing settings, RouteAssembly route) {
      throw new AssertionError("nothing is installed here");
    }
  }

  @Test
  void aFaultOfLintelDropsTheIngressAloneAndAllItsTraces() {
    List<Feature<?>> features = new ArrayList<>(Features.ALL);
    features.add(new Faulty());
    Compilation compilation =
        PlanCompiler.compile(
            CompileCase.snapshot(objects(SHARED_HOST)), CompileCase.options(), features);
    String plan = PlanPrinter.print(compilation.plan());
    assertThat(plan).contains("prefix /good -> default/web:80").doesNotContain("/bad", "regex");
    assertThat(compilation.problems())
        .singleElement()
        .isInstanceOf(Problem.InternalError.class)
        .extracting(Problem::sentence)
        .asString()
        .startsWith("default/bad ")
        .contains("boom")
        .endsWith("the Ingress is left out");
    assertThat(compilation.ingresses()).contains(new ObjectKey("default", "bad"));
  }

  @Test
  void labelsNameTheIngressAndItsBackend() {
    Compilation compilation = compile(SHARED_HOST);
    List<Labels> labels =
        compilation.plan().hosts().get(1).routes().stream().map(r -> r.labels()).toList();
    assertThat(labels)
        .contains(
            new Labels(
                "default", "good", "web", "80", "default-web-80", "shop.example.com", "/good"),
            new Labels(
                "default", "good", "", "", "upstream-default-backend", "shop.example.com", "/"));
    assertThat(compilation.plan().hosts().get(0).routes().get(0).labels())
        .isEqualTo(new Labels("", "", "", "", "upstream-default-backend", "_", "/"));
  }

  @Test
  void secretsThatWereAskedForAreNamedWhetherTheyExistOrNot() {
    String manifests = CompileCase.text(CompileCase.GOLDEN.resolve("tls/missing-secret.yaml"));
    assertThat(compile(manifests).secrets()).containsExactly(new ObjectKey("default", "gone"));
    String auth = CompileCase.text(CompileCase.GOLDEN.resolve("basic-auth/file.yaml"));
    assertThat(compile(auth).secrets()).contains(new ObjectKey("default", "users"));
  }

  @Test
  void aSecretThatBreaksKeepsItsLastGoodCertificateAndIsNamed() {
    String good = CompileCase.text(CompileCase.GOLDEN.resolve("tls/host.yaml"));
    String broken =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: shop-tls, namespace: default}
        stringData: {tls.crt: nonsense, tls.key: nonsense}
        """;
    ObjectStore store = new ObjectStore(() -> {});
    store.change(edit -> objects(good).forEach(edit::put));
    Compilation before = PlanCompiler.compile(store.snapshot(), CompileCase.options());
    store.change(edit -> CompileCase.objects(broken).forEach(edit::put));
    Compilation after = PlanCompiler.compile(store.snapshot(), CompileCase.options());
    assertThat(after.plan()).isEqualTo(before.plan());
    assertThat(before.problems()).isEmpty();
    assertThat(after.problems())
        .singleElement()
        .extracting(Problem::sentence)
        .asString()
        .startsWith("Secret default/shop-tls tls.crt: ")
        .endsWith("the last good certificate of this Secret stays");
    store.change(edit -> edit.remove(ObjectKind.SECRET, new ObjectKey("default", "shop-tls")));
    Compilation deleted = PlanCompiler.compile(store.snapshot(), CompileCase.options());
    assertThat(deleted.plan().certificates().get("shop.example.com"))
        .isEqualTo(deleted.plan().defaultCertificate());
  }

  @Test
  void theUsualLogFormatIsThatOfTheAccessLog() {
    assertThat(GlobalPlan.USUAL_LOG_FORMAT).isEqualTo(LogFormat.UPSTREAM);
  }

  @Test
  void noSecretIsPrinted() {
    String auth = CompileCase.text(CompileCase.GOLDEN.resolve("basic-auth/file.yaml"));
    assertThat(PlanPrinter.print(compile(auth).plan()))
        .contains("basic-auth")
        .doesNotContain("SHA}", "2PRZAyDh");
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    List<ObjectView> cluster = CompileCase.cluster();
    CompileOptions options = CompileCase.options();
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<ObjectView> objects = new ArrayList<>(cluster);
      objects.addAll(new RandomIngresses(random).make());
      Compilation one = PlanCompiler.compile(CompileCase.snapshot(objects), options);
      Collections.shuffle(objects, random);
      objects.replaceAll(PlanCompilerTest::withAnnotationsTurnedRound);
      Compilation two = PlanCompiler.compile(CompileCase.snapshot(objects), options);
      assertThat(two).as("seed " + seed).isEqualTo(one);
      assertThat(PlanPrinter.print(two.plan())).isEqualTo(PlanPrinter.print(one.plan()));
    }
  }

  @Test
  void selectorsFollowTheSyntaxOfKubernetes() {
    Map<String, String> labels = Map.of("team", "shop", "tier", "front");
    assertThat(LabelSelector.parse("team=shop, tier in (front,back)").accepts(labels)).isTrue();
    assertThat(LabelSelector.parse("team==shop,!old").accepts(labels)).isTrue();
    assertThat(LabelSelector.parse("team!=shop").accepts(labels)).isFalse();
    assertThat(LabelSelector.parse("region!=eu").accepts(labels)).isTrue();
    assertThat(LabelSelector.parse("tier notin (front)").accepts(labels)).isFalse();
    assertThat(LabelSelector.parse("region").accepts(labels)).isFalse();
    assertThatThrownBy(() -> LabelSelector.parse("a b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a b\" is no label selector");
  }

  private static ObjectView withAnnotationsTurnedRound(ObjectView object) {
    if (!(object instanceof IngressView view)) {
      return object;
    }
    Map<String, String> turned = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(view.annotations().keySet());
    Collections.reverse(names);
    names.forEach(name -> turned.put(name, view.annotations().getOrDefault(name, "")));
    return new IngressView(
        view.key(),
        view.uid(),
        view.created(),
        turned,
        view.className(),
        view.defaultBackend(),
        view.rules(),
        view.tls());
  }

  private static List<ObjectView> objects(String manifests) {
    List<ObjectView> objects = new ArrayList<>(CompileCase.cluster());
    objects.addAll(CompileCase.objects(manifests));
    return objects;
  }

  private static Compilation compile(String manifests) {
    return PlanCompiler.compile(CompileCase.snapshot(objects(manifests)), CompileCase.options());
  }
}
