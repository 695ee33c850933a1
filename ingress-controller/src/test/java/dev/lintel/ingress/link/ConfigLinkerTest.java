package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.ResolvConf;
import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.ClientPlan;
import dev.lintel.ingress.plan.ConnectionsPlan;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.ingress.plan.HealthPlan;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.RoutePlan.Match;
import dev.lintel.ingress.plan.TlsPlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.EndpointSliceView.PortView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.SelfMadeCertificate;
import dev.lintel.tls.TlsPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a configuration shares with the one before it, and what it does not.
class ConfigLinkerTest {
  private static final CertificatePlan CERTIFICATE =
      new CertificatePlan("self-made", SelfMadeCertificate.issue(Instant.now()));
  private static final ObjectKey SHOP = new ObjectKey("default", "shop");

  private final NameResolution names =
      new NameResolution(AddressRules.NONE, ResolvConf::ofSystem, () -> {});
  private final LiveUpstreams upstreams = new LiveUpstreams(names);
  private final ConfigLinker linker = new ConfigLinker(upstreams, new Ports(80, 443), true);
  private final SortedMap<String, CertificatePlan> certificates = new TreeMap<>();
  private TlsPlan tls = TlsPlan.USUAL;
  private long generation;

  @AfterEach
  void close() {
    upstreams.close();
  }

  private static UpstreamPlan upstream(String service, GuardPlan guard) {
    return new UpstreamPlan(
        new UpstreamKey("default", service, "http"),
        new UpstreamPlan.ServiceEndpoints("http", false),
        guard,
        ConnectionsPlan.USUAL);
  }

  private static RoutePlan route(String path, String service) {
    return new RoutePlan(
        Match.PREFIX,
        path,
        new RoutePlan.ToUpstream(new UpstreamKey("default", service, "http")),
        new RoutePlan.Origin("default/" + service, "rules[0].paths[0]"),
        new RoutePlan.Labels("default", service, service, "http", service, "", path),
        List.of(),
        null);
  }

  private ProxyPlan plan(List<UpstreamPlan> upstreams, HostPlan... hosts) {
    SortedMap<UpstreamKey, UpstreamPlan> targets = new TreeMap<>();
    upstreams.forEach(each -> targets.put(each.key(), each));
    return new ProxyPlan(
        List.of(hosts),
        new TreeMap<>(certificates),
        CERTIFICATE,
        targets,
        new GlobalPlan("", ClientPlan.USUAL, tls));
  }

  private ProxyConfig link(ProxyPlan plan) {
    ProxyConfig config = linker.link(plan, ++generation);
    linker.retire();
    return config;
  }

  private static Route match(ProxyConfig config, String host, String path) {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = path.getBytes(StandardCharsets.US_ASCII);
    return config.routes().match(name, 0, name.length, bytes, 0, bytes.length);
  }

  private static Upstream target(ProxyConfig config, String host, String path) {
    return java.util.Objects.requireNonNull(match(config, host, path).upstream());
  }

  private static Map<ObjectKey, List<EndpointSliceView>> slices(String... addresses) {
    List<EndpointView> endpoints =
        List.of(addresses).stream()
            .map(each -> new EndpointView(List.of(each), true, true, false, null, List.of()))
            .toList();
    return Map.of(
        SHOP,
        List.of(
            new EndpointSliceView(
                new ObjectKey("default", "shop-1"),
                SHOP,
                "IPv4",
                List.of(new PortView("http", 8080, "TCP")),
                endpoints)));
  }

  private static List<String> texts(Upstream upstream) {
    return upstream.endpoints().endpoints().stream().map(Endpoint::text).toList();
  }

  @Test
  void theUpstreamOfAnEqualPlanIsTheSameObject() {
    UpstreamPlan shop = upstream("shop", GuardPlan.OFF);
    ProxyConfig first =
        link(plan(List.of(shop), new HostPlan("a", false, List.of(route("/", "shop")))));
    ProxyConfig second =
        link(plan(List.of(shop), new HostPlan("b", false, List.of(route("/x", "shop")))));

    assertThat(target(second, "b", "/x")).isSameAs(target(first, "a", "/"));
    assertThat(second.generation()).isEqualTo(2);
  }

  @Test
  void anotherShapeIsAFreshUpstreamAndRoutesFollow() {
    HostPlan host = new HostPlan("a", false, List.of(route("/", "shop")));
    ProxyConfig first = link(plan(List.of(upstream("shop", GuardPlan.OFF)), host));
    ProxyConfig second =
        link(
            plan(
                List.of(upstream("shop", new GuardPlan(0, 0, 0, 0, 5, HealthPlan.DEFAULTS))),
                host));

    assertThat(target(second, "a", "/")).isNotSameAs(target(first, "a", "/"));
    assertThat(upstreams.size()).isEqualTo(1);
  }

  @Test
  void unchangedRoutesAreTakenOverAsTheyAre() {
    List<UpstreamPlan> targets =
        List.of(upstream("shop", GuardPlan.OFF), upstream("cart", GuardPlan.OFF));
    HostPlan still = new HostPlan("a", false, List.of(route("/", "shop")));
    ProxyConfig first =
        link(plan(targets, still, new HostPlan("b", false, List.of(route("/", "shop")))));
    ProxyConfig second =
        link(
            plan(
                targets,
                new HostPlan("a", false, List.of(route("/", "shop"))),
                new HostPlan("b", false, List.of(route("/cart", "cart"), route("/", "shop")))));

    assertThat(match(second, "a", "/")).isSameAs(match(first, "a", "/"));
    assertThat(match(second, "b", "/")).isSameAs(match(first, "b", "/"));
    assertThat(match(second, "b", "/cart")).isNotSameAs(match(first, "b", "/cart"));
    assertThat(second.certificates()).isSameAs(first.certificates());
  }

  @Test
  void anUpstreamThatNoPlanNamesIsDropped() {
    HostPlan host = new HostPlan("a", false, List.of(route("/", "shop")));
    link(plan(List.of(upstream("shop", GuardPlan.OFF), upstream("cart", GuardPlan.OFF)), host));
    link(plan(List.of(upstream("shop", GuardPlan.OFF)), host));

    assertThat(upstreams.size()).isEqualTo(1);
  }

  @Test
  void endpointsComeWithTheLinkAndChangeWithoutOne() {
    upstreams.slicesChanged(slices("10.0.0.1"), Set.of(SHOP));
    ProxyConfig config =
        link(
            plan(
                List.of(upstream("shop", GuardPlan.OFF)),
                new HostPlan("a", false, List.of(route("/", "shop")))));
    Upstream shop = target(config, "a", "/");
    assertThat(texts(shop)).containsExactly("10.0.0.1:8080");

    upstreams.slicesChanged(slices("10.0.0.2", "10.0.0.3"), Set.of(SHOP));

    assertThat(texts(shop)).containsExactly("10.0.0.2:8080", "10.0.0.3:8080");
  }

  @Test
  void anotherTlsPolicyIsThatOfAllCertificates() {
    HostPlan host = new HostPlan("a", false, List.of(route("/", "shop")));
    List<UpstreamPlan> targets = List.of(upstream("shop", GuardPlan.OFF));
    ProxyConfig first = link(plan(targets, host));
    tls = new TlsPlan(TlsPolicy.MODERN, false);
    ProxyConfig second = link(plan(targets, host));

    assertThat(first.certificates().fallback().policy()).isEqualTo(TlsPolicy.INTERMEDIATE);
    assertThat(second.certificates().fallback().policy()).isEqualTo(TlsPolicy.MODERN);
    assertThat(link(plan(targets, host)).certificates()).isSameAs(second.certificates());
  }

  @Test
  void whereUnknownNamesAreRefusedEveryHostOfARuleIsKnown() {
    HostPlan host = new HostPlan("a", false, List.of(route("/", "shop")));
    HostPlan wildcard = new HostPlan("*.b", false, List.of(route("/", "shop")));
    tls = new TlsPlan(TlsPolicy.INTERMEDIATE, true);

    CertificateIndex index =
        link(plan(List.of(upstream("shop", GuardPlan.OFF)), host, wildcard)).certificates();

    assertThat(index.match("a")).isSameAs(index.fallback());
    assertThat(index.match("x.b")).isSameAs(index.fallback());
    assertThat(index.match("c")).isNull();
    assertThat(index.match(null)).isNull();
  }

  @Test
  void certificatesChangeWithTheirPlan() {
    HostPlan host = new HostPlan("a", false, List.of(route("/", "shop")));
    List<UpstreamPlan> targets = List.of(upstream("shop", GuardPlan.OFF));
    ProxyConfig first = link(plan(targets, host));
    certificates.put(
        "a", new CertificatePlan("default/a", SelfMadeCertificate.issue(Instant.now(), "a")));
    ProxyConfig second = link(plan(targets, host));

    assertThat(second.certificates()).isNotSameAs(first.certificates());
    assertThat(second.certificates().match("a").material())
        .isEqualTo(certificates.get("a").material());
    assertThat(second.certificates().match("b")).isSameAs(first.certificates().match("b"));
    assertThat(match(second, "a", "/")).isSameAs(match(first, "a", "/"));
  }

  @Test
  void aLinkThatFailsLeavesEverythingAsItWas() {
    UpstreamPlan shop = upstream("shop", GuardPlan.OFF);
    HostPlan good = new HostPlan("a", false, List.of(route("/", "shop")));
    ProxyConfig first = link(plan(List.of(shop), good));
    RoutePlan plain = route("/broken", "shop");
    RoutePlan broken =
        new RoutePlan(
            plain.match(),
            plain.path(),
            plain.target(),
            plain.origin(),
            plain.labels(),
            List.of(new FeaturePlan("no-such-feature", new Ports(1, 2))),
            null);

    assertThatThrownBy(
            () ->
                linker.link(
                    plan(List.of(shop), good, new HostPlan("b", false, List.of(broken))), 2))
        .isInstanceOf(IllegalStateException.class);

    ProxyConfig again = link(plan(List.of(shop), good));
    assertThat(match(again, "a", "/")).isSameAs(match(first, "a", "/"));
    assertThat(target(again, "a", "/")).isSameAs(target(first, "a", "/"));
  }

  @Test
  void aClosedRouteAndOneWithoutAnUpstreamHaveTheirFilters() {
    RoutePlan open = route("/", "shop");
    RoutePlan closed =
        new RoutePlan(
            Match.PREFIX,
            "/closed",
            open.target(),
            open.origin(),
            open.labels(),
            List.of(),
            "auth-url is not built yet");
    ProxyConfig config =
        link(
            plan(
                List.of(upstream("shop", GuardPlan.OFF)),
                new HostPlan("a", false, List.of(closed, open))));

    assertThat(match(config, "a", "/").requestFilters()).hasSize(1);
    assertThat(match(config, "a", "/closed").requestFilters()).hasSize(2);
    assertThat(match(config, "nobody", "/").upstream()).isNull();
  }
}
