package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.ResolvConf;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.EndpointSliceView.PortView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Where features send requests of their own.
class SideUpstreamTest {
  private static final ObjectKey AUTH = new ObjectKey("login", "auth");

  private final LiveUpstreams upstreams =
      new LiveUpstreams(
          new NameResolution(
              AddressRules.ofPod(Set.of(), 0, Map.of()), ResolvConf::ofSystem, () -> {}));

  @AfterEach
  void close() {
    upstreams.close();
  }

  private static SideTarget target(String host, SideTarget.Place place, boolean isSecure) {
    return new SideTarget(host, 80, isSecure, place, new SideTarget.Pool(7, 9, 11));
  }

  private void serve(String... addresses) {
    List<EndpointView> endpoints =
        List.of(addresses).stream()
            .map(a -> new EndpointView(List.of(a), true, true, false, null, List.of()))
            .toList();
    EndpointSliceView slice =
        new EndpointSliceView(
            new ObjectKey("login", "auth-1"),
            AUTH,
            "IPv4",
            List.of(new PortView("http", 4180, "TCP"), new PortView("https", 4443, "TCP")),
            endpoints);
    upstreams.slicesChanged(Map.of(AUTH, List.of(slice)), Set.of(AUTH));
  }

  private static List<String> endpoints(Upstream upstream) {
    return upstream.endpoints().endpoints().stream().map(Endpoint::text).toList();
  }

  @Test
  void theEndpointsOfAServiceComeAndGo() {
    serve("10.0.0.1");
    SideUpstream side =
        new SideUpstream(
            upstreams, target("auth.login.svc", new SideTarget.OfService(AUTH, "http"), false));
    assertThat(endpoints(side.upstream())).containsExactly("10.0.0.1:4180");

    serve("10.0.0.2", "10.0.0.3");
    assertThat(endpoints(side.upstream())).containsExactly("10.0.0.2:4180", "10.0.0.3:4180");

    side.close();
    serve("10.0.0.4");
    assertThat(endpoints(side.upstream()))
        .as("nobody uses it any more")
        .containsExactly("10.0.0.2:4180", "10.0.0.3:4180");
  }

  @Test
  void itStandsBesideTheUpstreamsOfThePlan() {
    serve("10.0.0.1");
    SideUpstream side =
        new SideUpstream(
            upstreams, target("auth.login.svc", new SideTarget.OfService(AUTH, "http"), false));
    upstreams.begin();
    upstreams.retire();

    serve("10.0.0.2");
    assertThat(endpoints(side.upstream())).containsExactly("10.0.0.2:4180");
    assertThat(upstreams.size()).as("what the metrics count").isZero();
  }

  @Test
  void anAddressIsAskedAsItStandsUnlessItIsThisMachine() {
    SideUpstream out =
        new SideUpstream(upstreams, target("192.0.2.7", new SideTarget.ByName(), false));
    SideUpstream in =
        new SideUpstream(upstreams, target("127.0.0.2", new SideTarget.ByName(), true));
    assertThat(endpoints(out.upstream())).containsExactly("192.0.2.7:80");
    assertThat(endpoints(in.upstream())).isEmpty();
  }

  @Test
  void connectionsAreKeptAndEncryptedAsTheTargetSays() {
    SideUpstream plain =
        new SideUpstream(upstreams, target("192.0.2.7", new SideTarget.ByName(), false));
    SideUpstream secure =
        new SideUpstream(upstreams, target("192.0.2.7", new SideTarget.ByName(), true));
    assertThat(plain.upstream().settings().idleConnections()).isEqualTo(7);
    assertThat(plain.upstream().settings().requestsPerConnection()).isEqualTo(9);
    assertThat(plain.upstream().settings().idleMillis()).isEqualTo(11_000);
    assertThat(plain.upstream().settings().tls()).isNull();
    assertThat(secure.upstream().settings().tls()).isNotNull();
    assertThat(secure.upstream().settings().idleConnections()).isEqualTo(7);
  }
}
