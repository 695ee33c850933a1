package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.HeaderName;

/// What proxies in front may say of the clients of requests, and which proxies. Immutable, shared
/// by all loops.
///
/// @param peers whose word is taken
/// @param addressField the field with the client's address, e.g. `X-Forwarded-For`
/// @param hostField the field with the host that the client asked for
/// @param takesFields whether scheme, host and port are taken as well as the address
/// @param appends whether upstreams get the whole list of addresses, with the peer's behind it,
///   rather than the client's alone
public record ForwardedRules(
    Peers peers,
    HeaderName addressField,
    HeaderName hostField,
    boolean takesFields,
    boolean appends) {
  /// Addresses that are trusted.
  @FunctionalInterface
  public interface Peers {
    /// Whether the address with these 128 bits (IPv4 as IPv4-mapped IPv6) is. Allocates nothing.
    boolean includes(long high, long low);
  }
}
