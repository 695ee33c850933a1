package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.upstream.Encryption;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.GuardSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import dev.lintel.tls.UpstreamTls;
import io.netty.handler.ssl.SslContext;

/// Makes the upstream that a plan describes, still without endpoints.
final class UpstreamShape {
  private UpstreamShape() {}

  static Upstream make(UpstreamPlan plan) {
    String name = plan.key().namespace() + "-" + plan.key().service() + "-" + plan.key().port();
    UpstreamPlan.GuardPlan guard = plan.guard();
    GuardSettings settings =
        new GuardSettings(
            guard.breakerFailurePercent(),
            guard.breakerWindow(),
            guard.breakerOpenSeconds() * 1_000,
            guard.breakerTrialCalls(),
            guard.maxConcurrent());
    return new Upstream(name, connections(plan.key().protocol()), Guard.of(name, settings));
  }

  /// The upstream of a side target. No guard stands before it: what is asked there must have an
  /// answer, and none is a failure.
  static Upstream make(SideTarget target) {
    SideTarget.Pool pool = target.pool();
    UpstreamSettings kept =
        new UpstreamSettings(
            pool.connections(),
            1_000 * pool.seconds(),
            pool.requests(),
            UpstreamSettings.DEFAULT.maxAgeMillis());
    String name = target.host() + ":" + target.port();
    return new Upstream(
        name,
        target.isSecure()
            ? kept.encrypted(new Encryption(SecureHttp1.CONTEXT, target.host()))
            : kept,
        Guard.NONE);
  }

  /// How a side target gets its endpoints, in the words of a plan.
  static UpstreamPlan plan(SideTarget target) {
    return switch (target.place()) {
      case SideTarget.OfService(ObjectKey service, String slicePort) ->
          new UpstreamPlan(
              new UpstreamKey(service.namespace(), service.name(), slicePort),
              new UpstreamPlan.ServiceEndpoints(slicePort, false),
              UpstreamPlan.GuardPlan.OFF);
      case SideTarget.ByName() ->
          new UpstreamPlan(
              new UpstreamKey("", target.host(), Integer.toString(target.port())),
              new UpstreamPlan.ExternalName(target.host(), target.port()),
              UpstreamPlan.GuardPlan.OFF);
    };
  }

  private static UpstreamSettings connections(UpstreamProtocol protocol) {
    return switch (protocol) {
      case HTTP_1 -> UpstreamSettings.DEFAULT;
      case HTTP_2, GRPC -> UpstreamSettings.DEFAULT.over(H2Multiplexing.CLEAR);
      case GRPCS -> UpstreamSettings.DEFAULT.over(Secure.H2);
    };
  }

  /// Made when the first upstream needs it.
  private static final class Secure {
    static final H2Multiplexing H2 = H2Multiplexing.over(UpstreamTls.unverifiedHttp2());
  }

  /// The same for HTTP/1.1.
  private static final class SecureHttp1 {
    static final SslContext CONTEXT = UpstreamTls.unverifiedHttp1();
  }
}
