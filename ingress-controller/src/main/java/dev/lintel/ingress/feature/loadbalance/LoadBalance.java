package dev.lintel.ingress.feature.loadbalance;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.loadbalance.LoadBalanceSettings.Way;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.observe.KeyExpression;
import dev.lintel.proxy.upstream.balance.AtRandom;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.ByHash;
import dev.lintel.proxy.upstream.balance.BySubset;
import dev.lintel.proxy.upstream.balance.FastestResponse;
import dev.lintel.proxy.upstream.balance.HashRing;
import dev.lintel.proxy.upstream.balance.InTurn;
import dev.lintel.proxy.upstream.balance.LeastRequests;
import dev.lintel.proxy.upstream.balance.SlowStart;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Other ways to pick an endpoint than round robin: a hash of the request, else what the Ingress
/// names, else the client's address where the Service wants that, else what the ConfigMap names.
/// Cookie affinity, a feature of its own, overrules all of them.
public final class LoadBalance implements Feature<LoadBalanceSettings> {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int USUAL_SUBSET = 3;
  private static final int LARGEST_SUBSET = 10_000;
  private static final int LONGEST_START = 86_400;

  private static final Setting<Algorithm> LOAD_BALANCE =
      Setting.oneOf("load-balance", Algorithm.class)
          .alsoInConfigMap()
          .defaultsTo(Algorithm.ROUND_ROBIN)
          .text(
              "How endpoints are picked: in turn (`round_robin`), the faster one of two at random"
                  + " (`ewma`), the one of two with fewer requests (`least_request`), or any"
                  + " (`random`). `upstream-hash-by` and `affinity` overrule it.");

  private static final Setting<String> UPSTREAM_HASH_BY =
      Setting.text(
              "upstream-hash-by",
              Pattern.compile("[-_A-Za-z0-9${}]+"),
              512,
              "letters, digits, - and _, with variables such as $request_uri or ${remote_addr}")
          .risk(Setting.Risk.HIGH)
          .text(
              "Sends requests for which this text is the same to the same endpoint, by a ring of"
                  + " hashes. It may hold the variables of the access log that are known before the"
                  + " upstream is asked, `$http_NAME`, `$cookie_NAME` and `$arg_NAME` among them.");

  private static final Setting<Boolean> UPSTREAM_HASH_BY_SUBSET =
      Setting.bool("upstream-hash-by-subset")
          .defaultsTo(false)
          .text(
              "Has `upstream-hash-by` choose a group of endpoints, of which a random one is taken.");

  private static final Setting<Integer> UPSTREAM_HASH_BY_SUBSET_SIZE =
      Setting.wholeNumber("upstream-hash-by-subset-size", 0, LARGEST_SUBSET)
          .defaultsTo(USUAL_SUBSET)
          .text("How many endpoints such a group has; 0 stands for 3.");

  private static final Setting<Integer> SLOW_START =
      Setting.seconds("slow-start", 0, LONGEST_START)
          .lintel()
          .alsoInConfigMap()
          .defaultsTo(0)
          .text(
              "Seconds in which the share of an endpoint that becomes ready grows to that of the"
                  + " others; 0 gives it its full share at once. Where a hash or a cookie chooses the"
                  + " endpoint it does nothing.");

  @Override
  public String id() {
    return "load-balance";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        LOAD_BALANCE,
        UPSTREAM_HASH_BY,
        UPSTREAM_HASH_BY_SUBSET,
        UPSTREAM_HASH_BY_SUBSET_SIZE,
        SLOW_START);
  }

  @Override
  public Optional<LoadBalanceSettings> read(AnnotationReader in) {
    LoadBalanceSettings settings = settings(in);
    return Optional.of(settings).filter(read -> !read.equals(LoadBalanceSettings.DEFAULTS));
  }

  private static LoadBalanceSettings settings(AnnotationReader in) {
    Optional<String> hashBy = in.find(UPSTREAM_HASH_BY).filter(text -> isKnown(text, in));
    if (hashBy.isPresent()) {
      return new LoadBalanceSettings(Way.HASH, hashBy.get(), subsetSize(in), 0);
    }
    if (in.route().isByClientAddress() && !in.isSet(LOAD_BALANCE)) {
      return new LoadBalanceSettings(Way.CLIENT_ADDRESS, "", 0, 0);
    }
    return new LoadBalanceSettings(in.get(LOAD_BALANCE).way(), "", 0, in.get(SLOW_START));
  }

  /// A variable that is always empty would send everything to one endpoint.
  private static boolean isKnown(String expression, AnnotationReader in) {
    List<String> unknown = KeyExpression.compile(expression).unknownVariables();
    if (!unknown.isEmpty()) {
      in.problem(
          UPSTREAM_HASH_BY,
          "has variables that are not known: " + String.join(", ", unknown),
          "variables that are known before the upstream is asked, such as $request_uri,"
              + " $remote_addr, $http_NAME, $cookie_NAME or $arg_NAME",
          "ignored");
    }
    return unknown.isEmpty();
  }

  private static int subsetSize(AnnotationReader in) {
    if (!in.get(UPSTREAM_HASH_BY_SUBSET)) {
      return 0;
    }
    int size = in.get(UPSTREAM_HASH_BY_SUBSET_SIZE);
    return size == 0 ? USUAL_SUBSET : size;
  }

  @Override
  public void install(LoadBalanceSettings settings, RouteAssembly route) {
    Balancer by = balancer(settings);
    if (by.isCounting()) {
      route.balance(by, new CountedRequest(by));
    } else {
      route.balance(by, filter(settings, by));
    }
  }

  private static RequestFilter filter(LoadBalanceSettings settings, Balancer by) {
    return switch (settings.way()) {
      case HASH -> {
        KeyExpression key = KeyExpression.compile(settings.hashBy());
        yield exchange -> {
          exchange.choose(by).hash(exchange.hash(key));
          return Verdict.CONTINUE;
        };
      }
      case CLIENT_ADDRESS ->
          exchange -> {
            byte[] address = exchange.client().text();
            exchange.choose(by).hash(HashRing.hash(address, 0, address.length));
            return Verdict.CONTINUE;
          };
      case ROUND_ROBIN, EWMA, LEAST_REQUEST, RANDOM ->
          exchange -> {
            exchange.choose(by);
            return Verdict.CONTINUE;
          };
    };
  }

  private static Balancer balancer(LoadBalanceSettings settings) {
    Balancer by =
        switch (settings.way()) {
          case ROUND_ROBIN -> new InTurn();
          case EWMA -> new FastestResponse();
          case LEAST_REQUEST -> new LeastRequests();
          case RANDOM -> new AtRandom();
          case HASH ->
              settings.subsetSize() > 0 ? new BySubset(settings.subsetSize()) : new ByHash();
          case CLIENT_ADDRESS -> new ByHash();
        };
    return settings.slowStart() > 0
        ? new SlowStart(by, settings.slowStart() * NANOS_PER_SECOND)
        : by;
  }
}
