package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;

/// Makes the upstream that a plan describes, still without endpoints.
final class UpstreamShape {
  private UpstreamShape() {}

  static Upstream make(UpstreamPlan plan) {
    String name = plan.key().namespace() + "-" + plan.key().service() + "-" + plan.key().port();
    return new Upstream(name, UpstreamSettings.DEFAULT, Guard.NONE);
  }
}
