package dev.lintel.proxy.l4;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a configuration says below HTTP. Immutable.
///
/// @param headers who may send PROXY headers; null where nobody is asked for one
/// @param passthrough which server names are passed on unopened; null for none
/// @param rules how streams and datagrams are passed on
/// @param services the ports of TCP and UDP services
public record L4Config(
    @Nullable ProxyHeaderRules headers,
    @Nullable PassthroughIndex passthrough,
    StreamRules rules,
    List<StreamService> services) {
  /// Nothing below HTTP.
  public static final L4Config NONE = new L4Config(null, null, StreamRules.USUAL, List.of());

  /// Who must send a PROXY header on the ports of HTTP and HTTPS; null where nobody must.
  public @Nullable ProxyHeaderRules headersOnHttp() {
    ProxyHeaderRules rules = headers;
    return rules != null && rules.onHttp() ? rules : null;
  }

  /// The service of a port; null where there is none any more.
  public @Nullable StreamService service(boolean udp, int port) {
    for (StreamService service : services) {
      if (service.port() == port && service.udp() == udp) {
        return service;
      }
    }
    return null;
  }
}
