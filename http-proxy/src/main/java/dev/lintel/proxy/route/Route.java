package dev.lintel.proxy.route;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.tls.ClientTrust;
import org.jspecify.annotations.Nullable;

/// What becomes of a request that was matched: the filters it passes and the upstream it goes to.
/// Immutable, shared by all loops.
public final class Route {
  private static final RequestFilter[] NO_REQUEST_FILTERS = {};
  private static final ResponseFilter[] NO_RESPONSE_FILTERS = {};

  /// Where requests belong that no route was found for (yet): no filters, Lintel's own 404.
  public static final Route NONE =
      new Route(
          RouteLabels.NONE,
          NO_REQUEST_FILTERS,
          NO_RESPONSE_FILTERS,
          null,
          RouteSettings.DEFAULT,
          null);

  private final RouteLabels labels;
  private final RequestFilter[] requestFilters;
  private final ResponseFilter[] responseFilters;
  private final @Nullable Upstream upstream;
  private final RouteSettings settings;
  private final @Nullable PathRegex regex;
  private final @Nullable ClientTrust clients;
  private final @Nullable ErrorPages errorPages;

  /// A route of these parts; the arrays are kept, not copied, and in the order they run.
  ///
  /// @param upstream null where nobody serves it: Lintel's own 404, unless a filter answers
  /// @param regex what matched the path, for rewrites that use its captures
  public Route(
      RouteLabels labels,
      RequestFilter[] requestFilters,
      ResponseFilter[] responseFilters,
      @Nullable Upstream upstream,
      RouteSettings settings,
      @Nullable PathRegex regex) {
    this(labels, requestFilters, responseFilters, upstream, settings, regex, null, null);
  }

  /// The same for a host that asks for client certificates: requests on connections whose handshake
  /// asked for others do not get here.
  ///
  /// @param clients which ones are taken; null where none is asked for
  /// @param errorPages which statuses have pages of another upstream; null for none
  public Route(
      RouteLabels labels,
      RequestFilter[] requestFilters,
      ResponseFilter[] responseFilters,
      @Nullable Upstream upstream,
      RouteSettings settings,
      @Nullable PathRegex regex,
      @Nullable ClientTrust clients,
      @Nullable ErrorPages errorPages) {
    this.labels = labels;
    this.requestFilters = requestFilters.length == 0 ? NO_REQUEST_FILTERS : requestFilters;
    this.responseFilters = responseFilters.length == 0 ? NO_RESPONSE_FILTERS : responseFilters;
    this.upstream = upstream;
    this.settings = settings;
    this.regex = regex;
    this.clients = clients;
    this.errorPages = errorPages;
  }

  /// What logs and metrics call it.
  public RouteLabels labels() {
    return labels;
  }

  /// In the order they run; not to be changed.
  public RequestFilter[] requestFilters() {
    return requestFilters;
  }

  /// In the order they run; not to be changed.
  public ResponseFilter[] responseFilters() {
    return responseFilters;
  }

  /// Where its requests go, or null: Lintel's own 404.
  public @Nullable Upstream upstream() {
    return upstream;
  }

  /// Limits and timeouts.
  public RouteSettings settings() {
    return settings;
  }

  /// Which client certificates its host takes, or null where it asks for none.
  public @Nullable ClientTrust clients() {
    return clients;
  }

  /// Which statuses have pages of another upstream, or null where none has.
  public @Nullable ErrorPages errorPages() {
    return errorPages;
  }

  /// What matched the path, or null where no regular expression did.
  public @Nullable PathRegex regex() {
    return regex;
  }
}
