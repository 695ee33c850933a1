package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.GuardSettings;

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
    return new Upstream(name, UpstreamSettings.DEFAULT, Guard.of(name, settings));
  }
}
