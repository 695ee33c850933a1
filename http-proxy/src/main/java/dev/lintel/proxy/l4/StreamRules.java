package dev.lintel.proxy.l4;

/// How connections are passed on that Lintel does not read.
///
/// @param idleMillis how long a session may be without a byte in either direction
/// @param connectMillis how long one endpoint may take to accept a connection
/// @param tries how many endpoints are tried, the first included
/// @param tryMillis after this long no further endpoint is tried
/// @param responses how many datagrams answer one of a client, after which a UDP session ends; 0
///   where none does
public record StreamRules(
    int idleMillis, int connectMillis, int tries, int tryMillis, int responses) {
  /// ingress-nginx's, but for the time to connect.
  public static final StreamRules USUAL = new StreamRules(600_000, 5_000, 3, 600_000, 1);
}
