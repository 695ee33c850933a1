package dev.lintel.ingress.feature;

import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.tls.ClientTrust;
import java.util.List;
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

  /// Which of its responses are compressed.
  void compress(Compression rule);

  /// How many bytes of a response's body its client gets in a second, once so many went freely.
  void rate(long bytesPerSecond, long freeBytes);

  /// Has bodies of requests read whole before the upstream is asked.
  ///
  /// @param memoryBytes of each that are kept in memory; what is longer goes into a file
  void readRequestsWhole(int memoryBytes);

  /// How many bytes of a response are kept in memory for a client that does not take them.
  void holdResponses(int mostBytes);

  /// Whether its requests are logged; of itself those of an Ingress are.
  void accessLog(boolean logged);

  /// Answers of these statuses are replaced by pages of the default backend.
  ///
  /// @param alsoUpstreams whether also those of the route's upstream are, not only Lintel's own
  void errorPages(List<Integer> statuses, boolean alsoUpstreams);

  /// Has the default backend serve the route's requests while its own upstream has no endpoint.
  void standIn();

  /// Time limits towards the upstream, in milliseconds: until a connection is there, for which it
  /// may take no bytes, and for which it may be silent.
  void timeouts(int connect, int send, int read);

  /// When a request that failed is sent again.
  ///
  /// @param tries how often it is sent at most, the first time included; 0 for no limit but the
  ///   proxy's own
  /// @param millis no new try once so much time has passed; 0 for no limit
  /// @param nonIdempotent whether POST, PATCH and their like are sent again after bytes were sent
  void retries(int tries, int millis, boolean nonIdempotent);

  /// Has endpoints picked by `by` rather than in turn. Of several features that ask for it the last
  /// one in the order of `Features.ALL` counts.
  ///
  /// @param chooses asks for that of each request, with what the request goes by
  ///   ([dev.lintel.proxy.exchange.Exchange#choose]); runs behind all other filters
  void balance(Balancer by, RequestFilter chooses);

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

  /// Where requests of the feature's own go: the upstream of `target`, which lives as long as a
  /// configuration names it.
  Upstream side(SideTarget target);

  /// What tells this route from every other one, for state that no two may share.
  String name();

  /// The ingress the route comes from, as `namespace/name` (empty for what Lintel adds itself).
  String ingress();

  /// The path of the route as written, e.g. `/api` or a regex.
  String path();

  /// The port of plain HTTP, for redirects.
  int httpPort();

  /// The port of HTTPS, for redirects.
  int httpsPort();
}
