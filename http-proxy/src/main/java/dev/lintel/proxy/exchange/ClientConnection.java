package dev.lintel.proxy.exchange;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.Slice;
import dev.lintel.tls.ClientProof;
import dev.lintel.tls.ClientTrust;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What all requests of one client connection have in common.
public final class ClientConnection {
  private static final int HTTPS = 443;

  private final LoopTraffic traffic;
  private final ClientAddress address;
  private final boolean tls;
  private final ConnectionTail tail;
  private final Slice addressText;
  private final @Nullable Slice proxyText;
  private final int clientPort;
  private final int port;
  private final long number;
  private @Nullable ClientTrust clients;
  private ClientProof proof = ClientProof.NONE;
  private String tlsProtocol = "";
  private String tlsCipher = "";
  private int requests;

  /// A connection on the loop of `traffic` that the client itself opened.
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
    this(traffic, address, clientPort, tls, port, number, null);
  }

  /// The same for one whose PROXY header says who the client is and what it connected to.
  ///
  /// @param proxy who sent that header; null where nobody did
  public ClientConnection(
      LoopTraffic traffic,
      ClientAddress address,
      int clientPort,
      boolean tls,
      int port,
      long number,
      @Nullable ClientAddress proxy) {
    this.proxyText = proxy == null ? null : Slice.of(proxy.text());
    this.traffic = traffic;
    this.address = address;
    this.addressText = Slice.of(address.text());
    this.clientPort = clientPort;
    this.port = port;
    this.tls = tls;
    this.number = number;
    this.tail =
        new ConnectionTail(new String(address.text(), StandardCharsets.US_ASCII), port, isSecure());
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

  /// The port at this end.
  int port() {
    return port;
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

  /// Whether the client speaks TLS with whoever stands first: with this proxy, or with one in front
  /// whose PROXY header names port 443 as what the client connected to, as ingress-nginx has it.
  boolean isSecure() {
    return tls || proxyText != null && port == HTTPS;
  }

  /// The address of the other end of the socket: of the proxy in front, where one sent a PROXY
  /// header.
  Slice peerText() {
    Slice proxy = proxyText;
    return proxy == null ? addressText : proxy;
  }

  /// The client's address by a PROXY header; null where there was none, or one that says nothing.
  @Nullable Slice proxied() {
    return proxyText == null ? null : addressText;
  }

  /// Its handshake was one of a server that asks for client certificates. Before its first request.
  ///
  /// @param asked which ones that server takes
  /// @param shown what the client's one proved
  public void identify(ClientTrust asked, ClientProof shown) {
    clients = asked;
    proof = shown;
  }

  /// The handshake agreed on these, under OpenSSL's names. Before the first request.
  public void secured(String protocol, String cipher) {
    tlsProtocol = protocol;
    tlsCipher = cipher;
  }

  String tlsProtocol() {
    return tlsProtocol;
  }

  String tlsCipher() {
    return tlsCipher;
  }

  /// Which client certificates the server takes that the handshake named; null where it asks for
  /// none.
  @Nullable ClientTrust clients() {
    return clients;
  }

  /// What the client's certificate proved, where one was asked for.
  ClientProof proof() {
    return proof;
  }

  Slice addressText() {
    return addressText;
  }

  /// The fields about the client that upstreams get.
  ConnectionTail tail() {
    return tail;
  }
}
