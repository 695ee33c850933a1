package dev.lintel.proxy;

import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;

/// What a proxy under test writes its log to and counts with.
final class TestKit {
  private TestKit() {}

  static AccessLog log() {
    return AccessLog.off();
  }

  static Metrics metrics() {
    return new Metrics(MetricsOptions.of("class", "namespace", "pod"));
  }
}
