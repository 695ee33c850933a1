package dev.lintel.proxy.observe;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.observe.MetricShard.HandshakeState;
import dev.lintel.proxy.observe.MetricShard.Total;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// One scrape of what belongs to no route.
final class TotalExposition {
  private final String common;
  private final List<MetricShard> shards;
  private final AccessLog log;
  private final ControllerMetrics controller;

  TotalExposition(
      String common, List<MetricShard> shards, AccessLog log, ControllerMetrics controller) {
    this.common = common;
    this.shards = shards;
    this.log = log;
    this.controller = controller;
  }

  void write(TextExposition text) throws IOException {
    connections(text);
    counter(text, MetricFamilies.REQUESTS_TOTAL, sum(Total.REQUESTS_ENDED));
    counter(text, MetricFamilies.SUCCESS, controller.applied());
    counter(text, MetricFamilies.ERRORS, controller.failed());
    failures(text);
    counter(text, MetricFamilies.RETRIES, sum(Total.RETRIES));
    counter(text, MetricFamilies.UNREADY_TRIES, sum(Total.UNREADY_TRIES));
    handshakes(text);
    counter(text, MetricFamilies.HANDSHAKE_FAILURES, sum(Total.HANDSHAKES_FAILED));
    counter(text, MetricFamilies.LOST_LINES, log.lostLines());
    counter(text, MetricFamilies.FAILED_WRITES, log.failedWrites());
    counter(text, MetricFamilies.SPANS_EXPORTED, sum(Total.SPANS_EXPORTED));
    counter(text, MetricFamilies.SPANS_LOST, sum(Total.SPANS_LOST));
    counter(text, MetricFamilies.MIRRORED, sum(Total.MIRRORED));
    counter(text, MetricFamilies.MIRRORS_LOST, sum(Total.MIRRORS_LOST));
    folded(text);
    ProcessFacts.read().write(text, common);
  }

  private void handshakes(TextExposition text) throws IOException {
    text.family(MetricFamilies.HANDSHAKES);
    for (HandshakeState each : HandshakeState.values()) {
      long now = 0;
      for (MetricShard shard : shards) {
        now += shard.handshakes(each);
      }
      state(text, MetricFamilies.HANDSHAKES, each.name().toLowerCase(Locale.ROOT), now);
    }
  }

  private void folded(TextExposition text) throws IOException {
    text.family(MetricFamilies.FOLDED);
    state(text, MetricFamilies.FOLDED, "host", sum(Total.HOSTS_FOLDED));
    state(text, MetricFamilies.FOLDED, "path", sum(Total.PATHS_FOLDED));
    state(text, MetricFamilies.FOLDED, "status", sum(Total.STATUSES_FOLDED));
  }

  /// A connection with a request in flight is writing, any other is waiting; reading is too short
  /// to be seen.
  private void connections(TextExposition text) throws IOException {
    long opened = sum(Total.CONNECTIONS_OPENED);
    long active = Math.max(0, opened - sum(Total.CONNECTIONS_CLOSED));
    long inFlight = Math.max(0, sum(Total.REQUESTS_BEGUN) - sum(Total.REQUESTS_ENDED));
    MetricFamily now = MetricFamilies.CONNECTIONS;
    text.family(now);
    state(text, now, "active", active);
    state(text, now, "reading", 0);
    state(text, now, "writing", Math.min(active, inFlight));
    state(text, now, "waiting", Math.max(0, active - inFlight));
    MetricFamily total = MetricFamilies.CONNECTIONS_TOTAL;
    text.family(total);
    state(text, total, "accepted", opened);
    state(text, total, "handled", opened);
  }

  /// One of the states that a metric tells apart by its one own label.
  private void state(TextExposition text, MetricFamily family, String state, long value)
      throws IOException {
    String label = TextExposition.label(family.labels().getFirst(), state);
    text.sample(family.name(), "", common + "," + label, Long.toString(value));
  }

  private void failures(TextExposition text) throws IOException {
    text.family(MetricFamilies.FAILURES);
    for (ProxyFailure.Kind kind : ProxyFailure.Kind.values()) {
      long count = 0;
      for (MetricShard shard : shards) {
        count += shard.kind(kind);
      }
      if (count > 0) {
        failure(text, FailureTable.tag(kind), sourceOf(kind), count);
      }
    }
    for (Malformed reason : Malformed.values()) {
      long requests = 0;
      long responses = 0;
      for (MetricShard shard : shards) {
        requests += shard.badRequest(reason);
        responses += shard.badResponse(reason);
      }
      if (requests > 0) {
        failure(text, reason.reason(), ProxyFailure.Source.CLIENT, requests);
      }
      if (responses > 0) {
        failure(text, reason.reason(), ProxyFailure.Source.UPSTREAM, responses);
      }
    }
  }

  private void failure(TextExposition text, String reason, ProxyFailure.Source source, long count)
      throws IOException {
    String labels =
        TextExposition.label("reason", reason)
            + ","
            + TextExposition.label("source", source.name().toLowerCase(Locale.ROOT))
            + ","
            + common;
    text.sample(MetricFamilies.FAILURES.name(), "", labels, Long.toString(count));
  }

  private static ProxyFailure.Source sourceOf(ProxyFailure.Kind kind) {
    return FailureTable.source(kind);
  }

  private void counter(TextExposition text, MetricFamily family, long value) throws IOException {
    text.family(family);
    text.sample(family.name(), "", common, Long.toString(value));
  }

  private long sum(Total total) {
    long sum = 0;
    for (MetricShard shard : shards) {
      sum += shard.total(total);
    }
    return sum;
  }
}
