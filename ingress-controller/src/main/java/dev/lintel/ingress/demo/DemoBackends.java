package dev.lintel.ingress.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// The echo backends of a demo, on loopback.
public final class DemoBackends implements AutoCloseable {
  private final List<EchoBackend> backends = new ArrayList<>();

  /// None yet.
  public DemoBackends() {}

  /// Starts one more.
  ///
  /// @param name what it answers with
  /// @throws IOException if the port is in use
  public void add(String name, int port) throws IOException {
    backends.add(
        new EchoBackend(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  @Override
  public void close() {
    backends.forEach(EchoBackend::close);
  }
}
