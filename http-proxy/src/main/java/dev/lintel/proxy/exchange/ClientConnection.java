package dev.lintel.proxy.exchange;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;

/// What all requests of one client connection have in common.
public final class ClientConnection {
  private final LoopTraffic traffic;
  private final ClientAddress address;
  private final boolean tls;
  private final ConnectionTail tail;
  private final Slice addressText;
  private final int clientPort;
  private final long number;
  private int requests;

  /// A connection on the loop of `traffic`.
  ///
  /// @param clientPort the port the client connected from
  /// @param port the port the client connected to
  /// @param number counted from the start of the process
  public ClientConnection(
      LoopTraffic traffic,
      ClientAddress address,
      int clientPort,
      boolean tls,
      int port,
      long number) {
    this.traffic = traffic;
    this.address = address;
    this.addressText = Slice.of(address.text());
    this.clientPort = clientPort;
    this.tls = tls;
    this.number = number;
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

  /// The port at its other end.
  public int clientPort() {
    return clientPort;
  }

  /// Its number, counted from the start of the process.
  public long number() {
    return number;
  }

  /// How many requests it has had.
  public int requests() {
    return requests;
  }

  void countRequest() {
    requests++;
  }

  /// Whether it is encrypted.
  public boolean isTls() {
    return tls;
  }

  Slice addressText() {
    return addressText;
  }

  /// The fields about the client that upstreams get.
  ConnectionTail tail() {
    return tail;
  }
}
