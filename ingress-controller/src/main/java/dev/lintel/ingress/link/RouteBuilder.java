package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.exchange.AnyGuard;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.ErrorPages;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.tls.ClientTrust;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gathers what features put on one route, and sorts it.
final class RouteBuilder implements RouteAssembly {
  private record Placed(Rank rank, RequestFilter filter) {}

  private static final int STATUSES = 600;

  private final RoutePlan plan;
  private final LiveState state;
  private final LiveUpstreams upstreams;
  private final Ports ports;
  private final List<Placed> placed = new ArrayList<>();
  private final List<ResponseFilter> responseFilters = new ArrayList<>();
  private final List<LiveState.Key> used = new ArrayList<>();
  private boolean isAnyEnough;
  private boolean logged;
  private RouteSettings settings = RouteSettings.DEFAULT;
  private BodyRules bodies = BodyRules.NONE;
  private @Nullable ClientTrust clients;
  private boolean @Nullable [] pages;
  private boolean replacesAnswers;
  private boolean standsIn;
  private @Nullable Balancer balancer;
  private @Nullable RequestFilter chooses;

  RouteBuilder(RoutePlan plan, LiveState state, LiveUpstreams upstreams, Ports ports) {
    this.plan = plan;
    this.logged = !plan.origin().ingress().isEmpty();
    this.state = state;
    this.upstreams = upstreams;
    this.ports = ports;
  }

  @Override
  public void request(Rank rank, RequestFilter filter) {
    placed.add(new Placed(rank, filter));
  }

  @Override
  public void response(ResponseFilter filter) {
    responseFilters.add(filter);
  }

  @Override
  public void satisfyAny() {
    isAnyEnough = true;
  }

  @Override
  public void maxBodyBytes(long most) {
    settings = settings.withMaxBodyBytes(most);
  }

  @Override
  public void compress(Compression rule) {
    bodies = bodies.withCompression(rule);
  }

  @Override
  public void rate(long bytesPerSecond, long freeBytes) {
    bodies = bodies.withRate(bytesPerSecond, freeBytes);
  }

  @Override
  public void holdResponses(int mostBytes) {
    bodies = bodies.withHeldBytes(mostBytes);
  }

  @Override
  public void readRequestsWhole(int memoryBytes) {
    bodies = bodies.withWholeRequests(memoryBytes);
  }

  @Override
  public void accessLog(boolean isLogged) {
    logged = isLogged;
  }

  @Override
  public void errorPages(List<Integer> statuses, boolean alsoUpstreams) {
    boolean[] table = new boolean[STATUSES];
    for (int status : statuses) {
      table[status] = true;
    }
    pages = statuses.isEmpty() ? null : table;
    replacesAnswers = alsoUpstreams;
  }

  @Override
  public void standIn() {
    standsIn = true;
  }

  @Override
  public void timeouts(int connect, int send, int read) {
    settings = settings.withTimeouts(connect, read, send);
  }

  @Override
  public void retries(int tries, int millis, boolean nonIdempotent) {
    settings = settings.withRetries(tries, millis, nonIdempotent);
  }

  @Override
  public void balance(Balancer by, RequestFilter filter) {
    balancer = by;
    chooses = filter;
  }

  @Override
  public void clients(ClientTrust taken) {
    clients = taken;
  }

  @Override
  public <T> T live(String owner, Record shape, Class<T> type, Supplier<? extends T> make) {
    LiveState.Key key = new LiveState.Key(owner, type, shape);
    used.add(key);
    return type.cast(state.use(key, make));
  }

  @Override
  public Upstream side(SideTarget target) {
    return live(
            "side requests", target, SideUpstream.class, () -> new SideUpstream(upstreams, target))
        .upstream();
  }

  @Override
  public String name() {
    return plan.labels().host() + " " + plan.match() + " " + plan.path();
  }

  @Override
  public String ingress() {
    return plan.origin().ingress();
  }

  @Override
  public String path() {
    return plan.path();
  }

  @Override
  public int httpsPort() {
    return ports.https();
  }

  @Override
  public int httpPort() {
    return ports.http();
  }

  /// By stage and rank; filters of one rank stay in the order they were added.
  RequestFilter[] requestFilters() {
    if (isAnyEnough) {
      placed.add(new Placed(Rank.SATISFY_ANY, AnyGuard.INSTANCE));
    }
    if (chooses != null) {
      placed.add(new Placed(Rank.ENDPOINT, chooses));
    }
    placed.sort(Comparator.comparing(Placed::rank)); // ranks are declared in the order of stages
    return placed.stream().map(Placed::filter).toArray(RequestFilter[]::new);
  }

  ResponseFilter[] responseFilters() {
    return responseFilters.toArray(ResponseFilter[]::new);
  }

  RouteSettings settings() {
    RouteSettings all = bodies.equals(BodyRules.NONE) ? settings : settings.withBodies(bodies);
    return logged ? all : all.withoutAccessLog();
  }

  /// Which statuses have pages of another upstream; null where none has.
  ///
  /// @param upstream where they come from
  @Nullable ErrorPages errorPages(Upstream upstream, RouteLabels labels) {
    return pages == null
        ? null
        : new ErrorPages(upstream, pages, replacesAnswers, StandIn.lines(labels));
  }

  boolean standsIn() {
    return standsIn;
  }

  /// What picks endpoints; null for round robin.
  @Nullable Balancer balancer() {
    return balancer;
  }

  @Nullable ClientTrust clients() {
    return clients;
  }

  /// What the route keeps alive.
  List<LiveState.Key> used() {
    return List.copyOf(used);
  }
}
