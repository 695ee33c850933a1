package dev.lintel.ingress.feature.ratelimit;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.filter.Rank;
import java.util.List;
import java.util.Optional;

/// Limits per client address, as nginx's `limit_req` (without delay) and `limit_conn` keep them.
public final class RateLimit implements Feature<RateLimitSettings> {
  private static final int MOST = 1_000_000;

  static final Setting<Integer> RPS =
      Setting.wholeNumber("limit-rps", 0, MOST)
          .defaultsTo(0)
          .guard()
          .text("Requests a second accepted from one client address; 0 is off.");
  static final Setting<Integer> RPM =
      Setting.wholeNumber("limit-rpm", 0, MOST)
          .defaultsTo(0)
          .guard()
          .text("Requests a minute accepted from one client address; 0 is off.");
  static final Setting<Integer> CONNECTIONS =
      Setting.wholeNumber("limit-connections", 0, MOST)
          .defaultsTo(0)
          .guard()
          .text("Requests in flight at once accepted from one client address; 0 is off.");
  static final Setting<Integer> BURST_MULTIPLIER =
      Setting.wholeNumber("limit-burst-multiplier", 1, 10_000)
          .defaultsTo(5)
          .text(
              "Requests beyond the rate that may come at once, as a multiple of the rate. They are"
                  + " not delayed.");
  static final Setting<List<Cidr>> ALLOWLIST =
      Setting.cidrList("limit-allowlist")
          .aliases("limit-whitelist")
          .defaultsTo(List.of())
          .guard()
          .text("Client addresses without limits.");
  static final Setting<Integer> REQUEST_STATUS =
      Setting.wholeNumber("limit-req-status-code", 400, 599)
          .onlyInConfigMap()
          .defaultsTo(503)
          .text("Status of the answer to a request over its rate.");
  static final Setting<Integer> CONNECTION_STATUS =
      Setting.wholeNumber("limit-conn-status-code", 400, 599)
          .onlyInConfigMap()
          .defaultsTo(503)
          .text("Status of the answer to a request over the number in flight.");

  @Override
  public String id() {
    return "rate-limit";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        RPS, RPM, CONNECTIONS, BURST_MULTIPLIER, ALLOWLIST, REQUEST_STATUS, CONNECTION_STATUS);
  }

  @Override
  public Optional<RateLimitSettings> read(AnnotationReader in) {
    int rps = in.get(RPS);
    int rpm = in.get(RPM);
    int connections = in.get(CONNECTIONS);
    List<Cidr> exempt = in.get(ALLOWLIST);
    if (rps == 0 && rpm == 0 && connections == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new RateLimitSettings(
            rps,
            rpm,
            in.get(BURST_MULTIPLIER),
            connections,
            exempt,
            in.get(REQUEST_STATUS),
            in.get(CONNECTION_STATUS)));
  }

  @Override
  public void install(RateLimitSettings settings, RouteAssembly route) {
    Cidr[] exempt = settings.exempt().toArray(Cidr[]::new);
    if (settings.connections() > 0) {
      ClientCounts counts =
          route.live(
              "connections " + route.ingress(),
              new CountShape(settings.connections()),
              ClientCounts.class,
              () -> new ClientCounts(settings.connections()));
      route.request(
          Rank.CONNECTION_LIMIT,
          new ConcurrencyLimit(counts, exempt, refusal(settings.connectionStatus())));
    }
    limit(settings.rps(), 1, settings, exempt, route);
    limit(settings.rpm(), 60, settings, exempt, route);
  }

  private static void limit(
      int requests, int seconds, RateLimitSettings settings, Cidr[] exempt, RouteAssembly route) {
    if (requests == 0) {
      return;
    }
    long burst = (long) requests * settings.burstMultiplier();
    RateShape shape = new RateShape(requests, seconds, burst);
    ClientBuckets buckets =
        route.live(
            "rate " + route.ingress() + " " + seconds,
            shape,
            ClientBuckets.class,
            () -> new ClientBuckets((double) requests / seconds, burst));
    route.request(
        Rank.REQUEST_LIMIT, new RequestLimit(buckets, exempt, refusal(settings.requestStatus())));
  }

  private static CannedResponse refusal(int status) {
    return CannedResponse.page(status);
  }

  /// What counts of requests in flight are made for.
  record CountShape(int limit) {}

  /// What buckets are made for.
  record RateShape(int requests, int seconds, long burst) {}
}
