package dev.lintel.ingress.feature;

import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.tls.ClientTrust;
import java.util.function.Supplier;

/// The route under assembly, as a feature sees it. Used by one thread, not kept after `install`
/// returns.
public interface RouteAssembly {
  /// Adds a request filter; `rank` fixes its place, whatever the order of the calls.
  void request(Rank rank, RequestFilter filter);

  /// Adds a response filter; they run in the order of `Features.ALL`.
  void response(ResponseFilter filter);

  /// Lets in whom any one of the filters of stage ACCESS grants it, rather than all.
  void satisfyAny();

  /// The longest request body, 0 for no limit.
  void maxBodyBytes(long most);

  /// Whose certificates the host of the route takes: requests on connections whose handshake asked
  /// for others do not get here.
  void clients(ClientTrust taken);

  /// State that must outlive a configuration (rate buckets, caches): the same object as long as
  /// owner and shape are equal, a new one made by `make` when the shape changes, dropped when no
  /// configuration uses it.
  ///
  /// @param owner who it belongs to, e.g. `rate-limit default/shop`
  /// @param shape what it is made for; a record, compared by equals
  <T> T live(String owner, Record shape, Class<T> type, Supplier<? extends T> make);

  /// The ingress the route comes from, as `namespace/name` (empty for what Lintel adds itself).
  String ingress();

  /// The path of the route as written, e.g. `/api` or a regex.
  String path();

  /// The port of plain HTTP, for redirects.
  int httpPort();

  /// The port of HTTPS, for redirects.
  int httpsPort();
}
