package dev.lintel.proxy.observe;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.observe.MetricShard.Total;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// One scrape of what belongs to no route.
final class TotalExposition {
  private static final String NGINX = "nginx_ingress_controller_";
  private static final String PROCESS = NGINX + "nginx_process_";

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
    long ended = sum(Total.REQUESTS_ENDED);
    counter(text, PROCESS + "requests_total", "Requests of clients.", ended);
    counter(text, NGINX + "success", "Configurations put into effect.", controller.applied());
    counter(text, NGINX + "errors", "Configurations that failed.", controller.failed());
    failures(text);
    counter(
        text,
        "lintel_upstream_retries_total",
        "Tries of requests beyond their first.",
        sum(Total.RETRIES));
    counter(
        text,
        "lintel_unready_endpoint_tries_total",
        "Tries of endpoints that were not ready, because no other was.",
        sum(Total.UNREADY_TRIES));
    counter(
        text,
        "lintel_tls_handshake_failures_total",
        "TLS handshakes that failed.",
        sum(Total.HANDSHAKES_FAILED));
    counter(
        text,
        "lintel_access_log_lost_lines_total",
        "Lines lost because the writer was too slow.",
        log.lostLines());
    counter(
        text,
        "lintel_access_log_failed_writes_total",
        "Times that the log could not be written.",
        log.failedWrites());
    ProcessFacts.read().write(text, PROCESS, common);
  }

  /// A connection with a request in flight is writing, any other is waiting; reading is too short
  /// to be seen.
  private void connections(TextExposition text) throws IOException {
    long opened = sum(Total.CONNECTIONS_OPENED);
    long active = Math.max(0, opened - sum(Total.CONNECTIONS_CLOSED));
    long inFlight = Math.max(0, sum(Total.REQUESTS_BEGUN) - sum(Total.REQUESTS_ENDED));
    String name = PROCESS + "connections";
    text.family(name, "gauge", "Client connections now, by state.");
    state(text, name, "active", active);
    state(text, name, "reading", 0);
    state(text, name, "writing", Math.min(active, inFlight));
    state(text, name, "waiting", Math.max(0, active - inFlight));
    String total = PROCESS + "connections_total";
    text.family(total, "counter", "Client connections so far, by state.");
    state(text, total, "accepted", opened);
    state(text, total, "handled", opened);
  }

  private void state(TextExposition text, String name, String state, long value)
      throws IOException {
    text.sample(
        name, "", common + "," + TextExposition.label("state", state), Long.toString(value));
  }

  private void failures(TextExposition text) throws IOException {
    String name = "lintel_failures_total";
    text.family(name, "counter", "What went wrong with requests, by reason and by whose fault.");
    for (ProxyFailure.Kind kind : ProxyFailure.Kind.values()) {
      long count = 0;
      for (MetricShard shard : shards) {
        count += shard.kind(kind);
      }
      if (count > 0) {
        failure(text, name, FailureTable.tag(kind), sourceOf(kind), count);
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
        failure(text, name, reason.reason(), ProxyFailure.Source.CLIENT, requests);
      }
      if (responses > 0) {
        failure(text, name, reason.reason(), ProxyFailure.Source.UPSTREAM, responses);
      }
    }
  }

  private void failure(
      TextExposition text, String name, String reason, ProxyFailure.Source source, long count)
      throws IOException {
    String labels =
        TextExposition.label("reason", reason)
            + ","
            + TextExposition.label("source", source.name().toLowerCase(Locale.ROOT))
            + ","
            + common;
    text.sample(name, "", labels, Long.toString(count));
  }

  private static ProxyFailure.Source sourceOf(ProxyFailure.Kind kind) {
    return FailureTable.source(kind);
  }

  private void counter(TextExposition text, String name, String help, long value)
      throws IOException {
    text.family(name, "counter", help);
    text.sample(name, "", common, Long.toString(value));
  }

  private long sum(Total total) {
    long sum = 0;
    for (MetricShard shard : shards) {
      sum += shard.total(total);
    }
    return sum;
  }
}
