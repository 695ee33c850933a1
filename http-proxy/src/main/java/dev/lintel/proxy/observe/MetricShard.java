package dev.lintel.proxy.observe;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.observe.CellLayout.Measure;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What one event loop counts. Every `on…` method runs on that loop, takes no lock and allocates
/// only when something happens for the first time; scrapes read along.
public final class MetricShard {
  /// Counters of the loop that belong to no route.
  enum Total {
    CONNECTIONS_OPENED,
    CONNECTIONS_CLOSED,
    REQUESTS_BEGUN,
    REQUESTS_ENDED,
    RETRIES,
    UNREADY_TRIES,
    HANDSHAKES_FAILED,
    SPANS_EXPORTED,
    SPANS_LOST,
    MIRRORED,
    MIRRORS_LOST,
    HOSTS_FOLDED,
    PATHS_FOLDED,
    STATUSES_FOLDED
  }

  /// What TLS handshakes with clients wait for.
  public enum HandshakeState {
    /// The rest of their hello.
    HELLO,
    /// Their turn.
    TURN,
    /// What the client says to our answer.
    ANSWERED
  }

  private static final int KINDS = ProxyFailure.Kind.values().length;
  private static final int REASONS = Malformed.values().length;

  private final Metrics metrics;
  private final CellLayout layout;
  private final boolean statusClasses;
  private final Map<RouteLabels, RouteSeries> series = new ConcurrentHashMap<>();
  // Labels are objects of a configuration: found by identity, so that no text is compared.
  private final Map<RouteLabels, RouteSeries> known = new IdentityHashMap<>();
  private final Counts totals = new Counts(Total.values().length);
  private final Counts handshakes = new Counts(HandshakeState.values().length);
  private final Counts kinds = new Counts(KINDS);
  private final Counts badRequests = new Counts(REASONS);
  private final Counts badResponses = new Counts(REASONS);
  private int generation;

  MetricShard(Metrics metrics, CellLayout layout, boolean statusClasses) {
    this.metrics = metrics;
    this.layout = layout;
    this.statusClasses = statusClasses;
  }

  /// A client connection was accepted.
  public void onConnectionOpened() {
    totals.add(Total.CONNECTIONS_OPENED.ordinal(), 1);
  }

  /// A client connection has ended.
  public void onConnectionClosed() {
    totals.add(Total.CONNECTIONS_CLOSED.ordinal(), 1);
  }

  /// A TLS handshake did not come to its end.
  public void onHandshakeFailed() {
    totals.add(Total.HANDSHAKES_FAILED.ordinal(), 1);
  }

  /// So many handshakes more, or fewer, wait for that.
  public void onHandshakes(HandshakeState state, int more) {
    handshakes.add(state.ordinal(), more);
  }

  /// So many spans were taken by their collector.
  public void onSpansExported(int spans) {
    totals.add(Total.SPANS_EXPORTED.ordinal(), spans);
  }

  /// So many spans were not.
  public void onSpansLost(int spans) {
    totals.add(Total.SPANS_LOST.ordinal(), spans);
  }

  /// A copy of a request was answered, whatever the answer.
  public void onMirrored() {
    totals.add(Total.MIRRORED.ordinal(), 1);
  }

  /// A copy of a request was not sent, or not answered.
  public void onMirrorLost() {
    totals.add(Total.MIRRORS_LOST.ordinal(), 1);
  }

  /// The first byte of a request was read.
  public void onRequestBegun() {
    totals.add(Total.REQUESTS_BEGUN.ordinal(), 1);
  }

  /// A request has ended, whatever became of it; its failure is counted along.
  public void onRequestEnded(FinishedRequest request) {
    totals.add(Total.REQUESTS_ENDED.ordinal(), 1);
    ProxyFailure failure = request.failure();
    if (failure != null) {
      onFailure(failure);
    }
    int tries = request.tries();
    if (tries > 1) {
      totals.add(Total.RETRIES.ordinal(), tries - 1);
    }
    if (request.unreadyTries() > 0) {
      totals.add(Total.UNREADY_TRIES.ordinal(), request.unreadyTries());
    }
    RouteLabels labels = request.labels();
    if (metrics.isCounted(labels)) {
      count(find(labels), request, tries);
    }
  }

  /// Something failed that is no finished request, such as a try that is repeated.
  public void onFailure(ProxyFailure failure) {
    Malformed reason = failure.malformed();
    if (reason == null) {
      kinds.add(failure.kind().ordinal(), 1);
    } else if (failure.source() == ProxyFailure.Source.CLIENT) {
      badRequests.add(reason.ordinal(), 1);
    } else {
      badResponses.add(reason.ordinal(), 1);
    }
  }

  private void count(RouteSeries route, FinishedRequest request, int tries) {
    Counts cell = cell(route, request);
    cell.add(0, 1);
    layout.observe(cell, Measure.REQUEST_DURATION, Math.max(0, request.durationNanos()));
    layout.observe(cell, Measure.REQUEST_SIZE, request.requestLength());
    layout.observe(cell, Measure.RESPONSE_SIZE, request.bytesSent());
    layout.observe(cell, Measure.BYTES_SENT, request.bytesSent());
    if (tries == 1) { // ingress-nginx sees no number where there were several
      observeTime(cell, Measure.CONNECT_DURATION, request.upstreamConnectNanos(0));
      observeTime(cell, Measure.HEADER_DURATION, request.upstreamHeaderNanos(0));
      observeTime(cell, Measure.RESPONSE_DURATION, request.upstreamResponseNanos(0));
    }
  }

  private Counts cell(RouteSeries route, FinishedRequest request) {
    if (route.isHostOther()) {
      totals.add(Total.HOSTS_FOLDED.ordinal(), 1);
    }
    if (route.isPathOther()) {
      totals.add(Total.PATHS_FOLDED.ordinal(), 1);
    }
    int status = request.status();
    Method method = request.method();
    int shown = statusClasses ? status / 100 : status;
    Counts known = route.find(method, shown);
    if (known != null) {
      return known;
    }
    if (!route.isFull() || shown < 10) {
      return route.at(method, shown, layout);
    }
    totals.add(Total.STATUSES_FOLDED.ordinal(), 1);
    return route.at(method, status / 100, layout);
  }

  private void observeTime(Counts cell, Measure measure, long nanos) {
    if (nanos >= 0) {
      layout.observe(cell, measure, nanos);
    }
  }

  private RouteSeries find(RouteLabels labels) {
    int current = metrics.generation();
    if (current != generation) {
      known.clear();
      generation = current;
    }
    RouteSeries found = known.get(labels);
    if (found == null) {
      RouteLabels key = metrics.admit(labels);
      found = series.get(key);
      if (found == null) {
        found = new RouteSeries(key);
        series.put(key, found);
      }
      known.put(labels, found);
    }
    return found;
  }

  Map<RouteLabels, RouteSeries> series() {
    return series;
  }

  long total(Total total) {
    return totals.get(total.ordinal());
  }

  long handshakes(HandshakeState state) {
    return handshakes.get(state.ordinal());
  }

  long kind(ProxyFailure.Kind kind) {
    return kinds.get(kind.ordinal());
  }

  long badRequest(Malformed reason) {
    return badRequests.get(reason.ordinal());
  }

  long badResponse(Malformed reason) {
    return badResponses.get(reason.ordinal());
  }
}
