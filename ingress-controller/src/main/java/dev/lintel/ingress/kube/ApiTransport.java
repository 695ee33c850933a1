package dev.lintel.ingress.kube;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// The Kubernetes client's transport over the JDK's HTTP client, with watches that are pinged. The
/// transport itself never pings: a watch whose connection has silently died would be noticed only
/// after minutes.
final class ApiTransport extends JdkHttpClientFactory implements AutoCloseable {
  /// How often each watch is pinged, and how long an answer may take.
  private static final long PERIOD_MILLIS = 10_000;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lintel-watch-ping").daemon().factory());

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new ApiHttpClient.Builder(
        super.createNewHttpClientBuilder(),
        listener -> new WatchPing(listener, timer, PERIOD_MILLIS));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
