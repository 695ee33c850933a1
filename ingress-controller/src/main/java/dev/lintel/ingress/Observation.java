package dev.lintel.ingress;

import dev.lintel.ingress.link.LiveUpstreams;
import dev.lintel.proxy.*;
import java.io.*;

/// What this process tells operators: the access log and the metrics, and the proxy that feeds
/// them.
final class Observation implements AutoCloseable {
  static Observation start(ControllerConfig config) {
    return new Observation();
  }

  static Observation silent() {
    return new Observation();
  }

  ProxyServer serve(ProxyConfig config) throws AddressInUse {
    throw new UnsupportedOperationException();
  }

  void writeMetrics(OutputStream out) throws IOException {}

  ControlMetrics control(LiveUpstreams upstreams) {
    return new ControlMetrics();
  }

  @Override
  public void close() {}
}
