package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.GuardSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import dev.lintel.tls.UpstreamTls;
import java.util.concurrent.ThreadLocalRandom;

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
    return new Upstream(
        name,
        connections(plan.key().protocol()),
        Guard.of(name, settings),
        ThreadLocalRandom.current().nextDouble());
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
}
