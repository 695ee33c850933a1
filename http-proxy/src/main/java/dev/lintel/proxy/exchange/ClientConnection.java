package dev.lintel.proxy.exchange;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.ConnectionTail;
import java.nio.charset.StandardCharsets;

/// What all requests of one client connection have in common.
public final class ClientConnection {
  private final LoopTraffic traffic;
  private final ClientAddress address;
  private final boolean tls;
  private final ConnectionTail tail;

  /// A connection on the loop of `traffic`.
  ///
  /// @param port the port the client connected to, as it knows it
  public ClientConnection(LoopTraffic traffic, ClientAddress address, boolean tls, int port) {
    this.traffic = traffic;
    this.address = address;
    this.tls = tls;
    this.tail =
        new ConnectionTail(new String(address.text(), StandardCharsets.US_ASCII), port, tls);
  }

  /// What the loop's exchanges share.
  public LoopTraffic traffic() {
    return traffic;
  }

  /// The loop it lives on.
  public Loop loop() {
    return traffic.loop();
  }

  /// Who is at its other end.
  public ClientAddress address() {
    return address;
  }

  /// Whether it is encrypted.
  public boolean isTls() {
    return tls;
  }

  /// The fields about the client that upstreams get.
  ConnectionTail tail() {
    return tail;
  }
}
