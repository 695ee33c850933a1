package dev.lintel.proxy;

import dev.lintel.proxy.exchange.ForwardedRules;
import dev.lintel.proxy.message.FieldNames;
import org.jspecify.annotations.Nullable;

/// What a configuration says about all client connections at once.
///
/// @param headTimeoutMillis how long a request's head may take in all
/// @param bodyTimeoutMillis how long a client may be silent within a request's body
/// @param sendTimeoutMillis how long a client may refuse to take bytes of a response
/// @param keepAliveMillis how long a connection may wait for its next request
/// @param keepAliveRequests how many requests an HTTP/1.1 connection serves
/// @param http2Requests how many requests an HTTP/2 or HTTP/3 connection serves
/// @param fieldNames which field names of requests go on
/// @param pace how fast a client must send and take bodies
/// @param connectionsPerSource how many connections one IPv4 address, or one IPv6 network of 64
///   bits, may have at a time; 0 for any number
/// @param makesRequestIds whether requests that bring no X-Request-ID get one
/// @param forwarded which proxies in front may say who the client is; null for none
/// @param http3 whether HTTP/3 is answered on the port of HTTPS
public record ProxySettings(
    int headTimeoutMillis,
    int bodyTimeoutMillis,
    int sendTimeoutMillis,
    int keepAliveMillis,
    int keepAliveRequests,
    int http2Requests,
    FieldNames fieldNames,
    Pace pace,
    int connectionsPerSource,
    boolean makesRequestIds,
    @Nullable ForwardedRules forwarded,
    boolean http3) {
  /// The limits that hold where nothing else is said.
  public static final ProxySettings DEFAULT =
      new ProxySettings(10_000, 60_000, 60_000, 75_000, 1_000, 10_000);

  /// With the usual field names and pace, and any number of connections for a source.
  public ProxySettings(
      int headTimeoutMillis,
      int bodyTimeoutMillis,
      int sendTimeoutMillis,
      int keepAliveMillis,
      int keepAliveRequests,
      int http2Requests) {
    this(
        headTimeoutMillis,
        bodyTimeoutMillis,
        sendTimeoutMillis,
        keepAliveMillis,
        keepAliveRequests,
        http2Requests,
        FieldNames.PLAIN,
        Pace.USUAL,
        0,
        true,
        null,
        false);
  }
}
