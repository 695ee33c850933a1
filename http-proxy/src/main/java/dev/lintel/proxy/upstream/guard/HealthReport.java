package dev.lintel.proxy.upstream.guard;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log which endpoints are left out, and counts it. Shared by all upstreams, from any
/// thread.
public final class HealthReport {
  private static final Logger LOG = LoggerFactory.getLogger(HealthReport.class);

  private final LongAdder ejections = new LongAdder();
  private final LongAdder lost = new LongAdder();

  /// Nothing happened yet.
  public HealthReport() {}

  /// How often an endpoint was ejected.
  public long ejections() {
    return ejections.sum();
  }

  /// How often checks found that an endpoint is not well any more.
  public long lost() {
    return lost.sum();
  }

  void ejected(String upstream, String endpoint, String cause, int failures, long millis) {
    ejections.increment();
    LOG.warn(
        "ejected {} of {} for {} ms after {} failures in a row, the last one {}",
        endpoint,
        upstream,
        millis,
        failures,
        cause);
  }

  void readmitted(String upstream, String endpoint) {
    LOG.info("{} of {} is used again", endpoint, upstream);
  }

  void checked(String upstream, String endpoint, boolean isWell, int checks) {
    if (isWell) {
      LOG.info("{} of {} is well again after {} checks", endpoint, upstream, checks);
    } else {
      lost.increment();
      LOG.warn("{} of {} is not well, {} checks in a row failed", endpoint, upstream, checks);
    }
  }

  void panicking(String upstream, boolean begins, int left, int all) {
    if (begins) {
      LOG.warn("only {} of {} endpoints of {} are well: all of them are used", left, all, upstream);
    } else {
      LOG.info("{} of {} endpoints of {} are well: only those are used", left, all, upstream);
    }
  }
}
