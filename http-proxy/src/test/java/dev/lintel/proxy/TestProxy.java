package dev.lintel.proxy;

import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.SelfMadeCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.TlsPolicy;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A proxy on loopback ports for one test, with a route for `a.test/`.
final class TestProxy implements AutoCloseable {
  private static final RouteLabels LABELS =
      new RouteLabels("a.test", "/", "default", "test", "test", "");

  private final SslContexts contexts = new SslContexts(TicketKeys.random());
  private final CertificateIndex certificates;
  final ProxyServer server;
  final Upstream upstream;
  final List<RequestFilter> requestFilters = new ArrayList<>();
  final List<ResponseFilter> responseFilters = new ArrayList<>();
  RouteSettings settings = RouteSettings.DEFAULT;
  ProxySettings proxySettings = ProxySettings.DEFAULT;
  private final Map<String, Upstream> beside = new LinkedHashMap<>();
  private long generation;

  TestProxy(Backend... backends) throws Exception {
    this(1, backends);
  }

  TestProxy(int loops, Backend... backends) throws Exception {
    this(loops, 0, backends);
  }

  TestProxy(Guard guard, Backend... backends) throws Exception {
    this(1, 0, guard, UpstreamSettings.DEFAULT, HealthSettings.OFF, backends);
  }

  TestProxy(UpstreamSettings upstreamSettings, Backend... backends) throws Exception {
    this(1, 0, Guard.NONE, upstreamSettings, HealthSettings.OFF, backends);
  }

  TestProxy(int loops, UpstreamSettings upstreamSettings, Backend... backends) throws Exception {
    this(loops, 0, Guard.NONE, upstreamSettings, HealthSettings.OFF, backends);
  }

  /// One that leaves endpoints out, as soon as it has any.
  TestProxy(int loops, UpstreamSettings upstreamSettings, HealthSettings health) throws Exception {
    this(loops, 0, Guard.NONE, upstreamSettings, health);
    upstream.check(server.loops());
  }

  TestProxy(int loops, int maxConnections, Backend... backends) throws Exception {
    this(loops, maxConnections, Guard.NONE, UpstreamSettings.DEFAULT, HealthSettings.OFF, backends);
  }

  TestProxy(Spool spool, Backend... backends) throws Exception {
    this(1, 0, Guard.NONE, UpstreamSettings.DEFAULT, HealthSettings.OFF, spool, backends);
  }

  private TestProxy(
      int loops,
      int maxConnections,
      Guard guard,
      UpstreamSettings upstreamSettings,
      HealthSettings health,
      Backend... backends)
      throws Exception {
    this(loops, maxConnections, guard, upstreamSettings, health, Spool.usual(), backends);
  }

  private TestProxy(
      int loops,
      int maxConnections,
      Guard guard,
      UpstreamSettings upstreamSettings,
      HealthSettings health,
      Spool spool,
      Backend... backends)
      throws Exception {
    certificates =
        CertificateIndex.builder(
                contexts.of(
                    SelfMadeCertificate.issue(Instant.now(), "a.test"), TlsPolicy.INTERMEDIATE))
            .build();
    upstream =
        new Upstream(
            "default-test-80", upstreamSettings, guard, health, new HealthReport(), 0, null);
    serve(backends);
    server =
        ProxyServer.start(
            new ProxyOptions(
                List.of(InetAddress.getLoopbackAddress()),
                0,
                0,
                loops,
                maxConnections,
                TestKit.log(),
                TestKit.metrics(),
                spool),
            config());
  }

  void serve(Backend... backends) {
    upstream.endpoints(
        new EndpointSet(List.of(backends).stream().map(Backend::endpoint).toList(), false));
  }

  /// Serves another host as well, from an upstream of its own.
  void beside(String host, Endpoint... endpoints) {
    Upstream other =
        new Upstream(
            "default-" + host,
            UpstreamSettings.DEFAULT,
            Guard.NONE,
            HealthSettings.OFF,
            new HealthReport(),
            0,
            null);
    other.endpoints(new EndpointSet(List.of(endpoints), false));
    beside.put(host, other);
    apply();
  }

  /// Publishes what was changed.
  void apply() {
    server.publish(config());
  }

  private ProxyConfig config() {
    Route notFound =
        new Route(
            RouteLabels.NONE,
            new RequestFilter[0],
            new ResponseFilter[0],
            null,
            RouteSettings.DEFAULT,
            null);
    RoutingTable.Builder table =
        RoutingTable.builder(notFound).prefix("a.test", "/", route(upstream));
    beside.forEach((host, other) -> table.prefix(host, "/", route(other)));
    return new ProxyConfig(++generation, table.build(), certificates, proxySettings);
  }

  private Route route(Upstream to) {
    return new Route(
        LABELS,
        requestFilters.toArray(RequestFilter[]::new),
        responseFilters.toArray(ResponseFilter[]::new),
        to,
        settings,
        null);
  }

  TestClient client() throws Exception {
    return new TestClient(server.httpPort());
  }

  @Override
  public void close() {
    upstream.close();
    beside.values().forEach(Upstream::close);
    server.close();
    contexts.close();
  }
}
