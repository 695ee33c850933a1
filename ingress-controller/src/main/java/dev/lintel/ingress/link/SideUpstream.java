package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.proxy.upstream.Upstream;

/// An upstream that a feature sends requests of its own to; closed when no configuration names it.
final class SideUpstream implements AutoCloseable {
  private final LiveUpstreams upstreams;
  private final LiveUpstreams.Live live;

  SideUpstream(LiveUpstreams upstreams, SideTarget target) {
    this.upstreams = upstreams;
    this.live = upstreams.beside(target);
  }

  Upstream upstream() {
    return live.upstream();
  }

  @Override
  public void close() {
    upstreams.dropBeside(live);
  }
}
