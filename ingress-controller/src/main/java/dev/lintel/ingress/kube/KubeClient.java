package dev.lintel.ingress.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.File;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The connections to the API server: one client for watches, and one for leases and other writes
/// that fails fast. Making it sends nothing.
public final class KubeClient implements AutoCloseable {
  /// 32 times this is the longest pause between two attempts to watch again: 8 s.
  private static final int RECONNECT_MILLIS = 250;

  private static final int CONNECT_MILLIS = 5_000;

  private static final int WRITE_MILLIS = 3_000;

  /// The client's own messages: stack traces of what it then heals by itself. What counts is said
  /// by this package. Held here, for an unreferenced logger forgets its level.
  private static final Logger CLIENT_LOG = Logger.getLogger("io.fabric8");

  /// The JDK's HTTP client keeps idle connections for 30 s. A dead one among them would swallow the
  /// first calls after an outage; so they go before a ping has shown that there is an outage.
  private static final String IDLE_PROPERTY = "jdk.httpclient.keepalive.timeout";

  private static final String IDLE_SECONDS = "5";

  static {
    if (System.getProperty(IDLE_PROPERTY) == null) {
      System.setProperty(IDLE_PROPERTY, IDLE_SECONDS);
    }
  }

  private final ApiTransport transport = new ApiTransport();
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final KubernetesClient client;
  private final KubernetesClient writes;

  private KubeClient(ClusterAccess access) {
    CLIENT_LOG.setLevel(Level.SEVERE);
    this.client = build(config(access), LeanObjects.serialization());
    Config failFast = config(access);
    failFast.setRequestTimeout(WRITE_MILLIS);
    failFast.setConnectionTimeout(WRITE_MILLIS);
    failFast.setRequestRetryBackoffLimit(0);
    this.writes = build(failFast, new KubernetesSerialization());
  }

  /// Prepares the clients. Whether the API server is there shows when they are used.
  ///
  /// @throws io.fabric8.kubernetes.client.KubernetesClientException where the kubeconfig or a
  ///   certificate cannot be used
  public static KubeClient connect(ClusterAccess access) {
    return new KubeClient(access);
  }

  /// For lists and watches. Calls are repeated by the client for some 20 s.
  public KubernetesClient client() {
    return client;
  }

  /// For leases and other writes: a call fails within seconds and is not repeated, so that who
  /// holds a lease notices in time that it cannot be renewed.
  public KubernetesClient writes() {
    return writes;
  }

  /// The API server's address, for messages.
  public String address() {
    return client.getMasterUrl().toString();
  }

  @Override
  public void close() {
    client.close();
    writes.close();
    tasks.shutdownNow();
    transport.close();
  }

  private KubernetesClient build(Config config, KubernetesSerialization serialization) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(serialization)
        .withHttpClientFactory(transport)
        .withTaskExecutor(tasks)
        .build();
  }

  private static Config config(ClusterAccess access) {
    Config config =
        access.kubeconfig().isEmpty()
            ? Config.autoConfigure(null)
            : Config.fromKubeconfig(new File(access.kubeconfig()));
    if (!access.apiServer().isEmpty()) {
      config.setMasterUrl(access.apiServer());
    }
    if (!access.certificateAuthority().isEmpty()) {
      config.setCaCertFile(access.certificateAuthority());
    }
    // With HTTP/2 all calls share one connection: when it dies silently, every retry goes there.
    config.setHttp2Disable(true);
    config.setWatchReconnectInterval(RECONNECT_MILLIS);
    config.setWatchReconnectLimit(-1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setUserAgent("lintel");
    return config;
  }
}
