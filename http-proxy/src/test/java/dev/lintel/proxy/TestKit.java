package dev.lintel.proxy;

import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.upstream.guard.Guard;

final class TestKit {
  private TestKit() {}

  static Guard guard() {
    return Guard.NONE;
  }

  static AccessLog log() {
    return AccessLog.off();
  }

  static Metrics metrics() {
    return null;
  }
}
