package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.plan.ConnectionsPlan;
import dev.lintel.ingress.plan.FastCgiPlan;
import dev.lintel.ingress.plan.HealthPlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.plan.UpstreamTlsPlan;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.fcgi.FastCgi;
import dev.lintel.proxy.upstream.fcgi.FcgiParam;
import dev.lintel.proxy.upstream.fcgi.FcgiText;
import dev.lintel.proxy.upstream.guard.CheckSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.GuardSettings;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import dev.lintel.tls.UpstreamContexts;
import dev.lintel.tls.UpstreamTls;
import dev.lintel.tls.UpstreamTlsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The upstream that a plan describes, still without endpoints, and how it is secured.
///
/// @param tls null for plain TCP
record UpstreamShape(Upstream upstream, @Nullable UpstreamTls tls) {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamShape.class);
  private static final int MILLIS = 1_000;

  /// @param contexts has a context for each policy
  /// @param report is told of endpoints that are left out
  static UpstreamShape of(UpstreamPlan plan, UpstreamContexts contexts, HealthReport report) {
    String name = plan.key().namespace() + "-" + plan.key().service() + "-" + plan.key().port();
    Guard guard = Guard.of(name, guard(plan.guard()));
    HealthSettings health = health(plan.guard().health());
    double phase = ThreadLocalRandom.current().nextDouble();
    UpstreamProtocol protocol = plan.key().protocol();
    UpstreamSettings plain = kept(plan.connections(), protocol);
    FastCgiPlan fastCgi = plan.key().fastCgi();
    if (fastCgi != null) {
      UpstreamSettings settings = plain.over(fastCgi(fastCgi));
      return new UpstreamShape(
          new Upstream(name, settings, guard, health, report, phase, null), null);
    }
    UpstreamTlsPlan secured = plan.key().tls();
    if (secured == null) {
      UpstreamSettings settings = over(plain, protocol, null);
      return new UpstreamShape(
          new Upstream(name, settings, guard, health, report, phase, null), null);
    }
    UpstreamTls tls = contexts.of(secured.policy(), isShared(protocol));
    warm(name, tls);
    Upstream secure =
        new Upstream(name, over(plain, protocol, tls), guard, health, report, phase, null);
    return new UpstreamShape(
        secured.asClients()
            ? new Upstream(name, over(plain, protocol, null), guard, health, report, phase, secure)
            : secure,
        tls);
  }

  /// The upstream of a side target. No guard stands before it: what is asked there must have an
  /// answer, and none is a failure.
  ///
  /// @param contexts has a context for each policy
  /// @param report is told of endpoints that are left out
  static UpstreamShape of(SideTarget target, UpstreamContexts contexts, HealthReport report) {
    SideTarget.Pool pool = target.pool();
    UpstreamSettings kept =
        new UpstreamSettings(
            pool.connections(),
            pool.seconds() * MILLIS,
            pool.requests(),
            UpstreamSettings.DEFAULT.maxAgeMillis());
    String name = target.host() + ":" + target.port();
    if (target.isShared()) {
      UpstreamSettings shared = kept.over(H2Multiplexing.CLEAR);
      return new UpstreamShape(new Upstream(name, shared, Guard.NONE), null);
    }
    if (!target.isSecure()) {
      return new UpstreamShape(beside(name, kept, report), null);
    }
    UpstreamTls tls = contexts.of(UpstreamTlsPolicy.unverified(target.host()), false);
    warm(name, tls);
    return new UpstreamShape(beside(name, kept.over(tls), report), tls);
  }

  private static Upstream beside(String name, UpstreamSettings kept, HealthReport report) {
    return new Upstream(name, kept, Guard.NONE, HealthSettings.USUAL, report, 0, null);
  }

  /// How a side target gets its endpoints, in the words of a plan.
  static UpstreamPlan plan(SideTarget target) {
    return switch (target.place()) {
      case SideTarget.OfService(ObjectKey service, String slicePort) ->
          new UpstreamPlan(
              new UpstreamKey(service.namespace(), service.name(), slicePort),
              new UpstreamPlan.ServiceEndpoints(slicePort, false),
              UpstreamPlan.GuardPlan.OFF,
              ConnectionsPlan.USUAL);
      case SideTarget.ByName() ->
          new UpstreamPlan(
              new UpstreamKey("", target.host(), Integer.toString(target.port())),
              new UpstreamPlan.ExternalName(target.host(), target.port()),
              UpstreamPlan.GuardPlan.OFF,
              ConnectionsPlan.USUAL);
    };
  }

  /// The compiler knows that the values can be read.
  private static FastCgi fastCgi(FastCgiPlan plan) {
    List<FcgiParam> params = new ArrayList<>();
    plan.params()
        .forEach(
            (name, value) -> {
              if (FcgiText.parse(value) instanceof FcgiText.Parsed(FcgiText text)) {
                params.add(new FcgiParam(name, text));
              }
            });
    return new FastCgi(plan.index(), List.copyOf(params), plan.keepsConnections());
  }

  private static void warm(String name, UpstreamTls tls) {
    try {
      tls.warm();
    } catch (SSLException e) {
      LOG.warn("no TLS with {} is possible, its requests get 502: {}", name, e.getMessage());
    }
  }

  private static GuardSettings guard(UpstreamPlan.GuardPlan guard) {
    return new GuardSettings(
        guard.breakerFailurePercent(),
        guard.breakerWindow(),
        guard.breakerOpenSeconds() * MILLIS,
        guard.breakerTrialCalls(),
        guard.maxConcurrent());
  }

  private static HealthSettings health(HealthPlan plan) {
    CheckSettings check =
        plan.checkPath().isEmpty()
            ? null
            : new CheckSettings(
                plan.checkPath(),
                plan.checkIntervalSeconds() * MILLIS,
                plan.checkTimeoutSeconds() * MILLIS,
                plan.checkSuccesses(),
                plan.checkFailures());
    return new HealthSettings(
        plan.failures(), plan.ejectionSeconds() * MILLIS, plan.onServerErrors(), check);
  }

  /// Where none may wait, one of HTTP/1.1 serves one request, and one that is shared closes as soon
  /// as it carries none.
  private static UpstreamSettings kept(ConnectionsPlan plan, UpstreamProtocol protocol) {
    boolean none = plan.idle() == 0;
    UpstreamSettings kept =
        new UpstreamSettings(
            plan.idle(),
            none ? 1 : plan.idleSeconds() * MILLIS,
            none && !isShared(protocol) ? 1 : plan.requests(),
            plan.ageSeconds() * MILLIS);
    return protocol == UpstreamProtocol.HTTP_10 ? kept.old() : kept;
  }

  private static boolean isShared(UpstreamProtocol protocol) {
    return protocol == UpstreamProtocol.HTTP_2 || protocol == UpstreamProtocol.GRPC;
  }

  private static UpstreamSettings over(
      UpstreamSettings kept, UpstreamProtocol protocol, @Nullable UpstreamTls tls) {
    return switch (protocol) {
      case HTTP_10, HTTP_1, FASTCGI, TCP, UDP -> tls == null ? kept : kept.over(tls);
      case HTTP_2, GRPC -> kept.over(tls == null ? H2Multiplexing.CLEAR : H2Multiplexing.over(tls));
    };
  }
}
