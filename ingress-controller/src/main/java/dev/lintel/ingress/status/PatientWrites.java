package dev.lintel.ingress.status;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the API server at a bounded rate, each repeated a few times where that may help.
/// Blocks the calling thread meanwhile.
final class PatientWrites {
  private static final Logger LOG = LoggerFactory.getLogger(PatientWrites.class);
  private static final int ATTEMPTS = 4;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_FOUND = 404;
  private static final long SILENCE_NANOS = Duration.ofSeconds(30).toNanos();

  private final String what;
  private final RateLimiter limiter;
  private final Retry retry;
  private long complainedNanos = System.nanoTime() - SILENCE_NANOS;

  /// @param what is written, for messages
  PatientWrites(String what, int perSecond) {
    this.what = what;
    this.limiter =
        RateLimiter.of(
            what,
            RateLimiterConfig.custom()
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .limitForPeriod(perSecond)
                .timeoutDuration(Duration.ofSeconds(10))
                .build());
    this.retry =
        Retry.of(
            what,
            RetryConfig.custom()
                .maxAttempts(ATTEMPTS)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(500), 2.0, 0.3))
                .retryOnException(PatientWrites::mayHelp)
                .build());
  }

  /// Whether the write has been made, or its object is gone so that it need not be.
  boolean write(Runnable call) {
    if (!limiter.acquirePermission()) {
      return false;
    }
    try {
      retry.executeRunnable(call);
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND) {
        return true;
      }
      complain(e);
      return false;
    }
  }

  private static boolean mayHelp(@Nullable Throwable error) {
    return error instanceof KubernetesClientException refused
        && !Thread.currentThread().isInterrupted()
        && (refused.getCode() == 0
            || refused.getCode() == TOO_MANY_REQUESTS
            || refused.getCode() >= 500);
  }

  private synchronized void complain(KubernetesClientException error) {
    long now = System.nanoTime();
    if (now - complainedNanos >= SILENCE_NANOS) {
      complainedNanos = now;
      LOG.warn("the {} could not be written; trying again later ({})", what, reason(error));
    }
  }

  private static String reason(KubernetesClientException error) {
    return error.getStatus() != null && error.getStatus().getMessage() != null
        ? error.getStatus().getMessage()
        : String.valueOf(error.getMessage());
  }
}
