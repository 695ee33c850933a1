package dev.lintel.delivery;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the product once, as a controller with an API server and under load, so that the Java
/// machine writes down which classes it loads and which methods are hot: the AOT cache of the
/// image.
///
/// `java Training LAYOUT CACHE`: LAYOUT is a folder like the image's root, with the times that the
/// image has. Status 1 if the product answered nothing or wrote no cache.
final class Training {
  private static final int LOAD_SECONDS = Integer.getInteger("lintel.training.seconds", 6);

  private Training() {}

  public static void main(String[] arguments) throws Exception {
    Path layout = Path.of(arguments[0]).toAbsolutePath();
    Path cache = Path.of(arguments[1]).toAbsolutePath();
    Path folder = Files.createTempDirectory("lintel-training");
    SelfSigned tls = SelfSigned.create(folder);
    HttpServer backend = Requests.backend();
    List<Manifests> objects = Manifests.create(tls, backend.getAddress().getPort());
    int status;
    try (CannedApiServer api = new CannedApiServer(tls.context(), objects, System.out)) {
      Path kubeconfig =
          Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig(tls.certificate()));
      status = train(layout, cache, tls, kubeconfig);
    } finally {
      backend.stop(0);
    }
    System.exit(status);
  }

  private static int train(Path layout, Path cache, SelfSigned tls, Path kubeconfig)
      throws IOException, InterruptedException {
    int[] ports = Product.freePorts(3);
    Path output = layout.resolveSibling("training-output.log");
    Product product =
        Product.start(
            layout,
            output,
            List.of(),
            List.of("-XX:AOTCacheOutput=" + cache),
            controller(kubeconfig, ports));
    try (Requests requests = new Requests(tls.context(), ports[0], ports[1])) {
      product.awaitOpen(ports[1], 60);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOAD_SECONDS);
      while (System.nanoTime() < until) {
        requests.round();
      }
      requests.answers().forEach((what, count) -> System.out.println(count + " x " + what));
      System.out.println("stopped with status " + product.stop(90));
      boolean served =
          requests.answers().keySet().stream()
              .anyMatch(answer -> answer.startsWith("GET https") && answer.endsWith("HTTP_2 200"));
      if (!served || !Files.exists(cache)) {
        System.out.println("served: " + served + ", cache written: " + Files.exists(cache));
        Files.readAllLines(output).stream().limit(100).forEach(System.out::println);
        return 1;
      }
      return 0;
    } finally {
      product.process().destroyForcibly();
    }
  }

  /// The flags that the chart passes, and ports anybody may open.
  static List<String> controller(Path kubeconfig, int[] ports) {
    return List.of(
        "controller",
        "--kubeconfig=" + kubeconfig,
        "--http-port=" + ports[0],
        "--https-port=" + ports[1],
        "--healthz-port=" + ports[2],
        "--publish-service=edge/edge-controller",
        "--election-id=edge-leader",
        "--controller-class=k8s.io/ingress-nginx",
        "--ingress-class=nginx",
        "--configmap=edge/edge-controller",
        "--enable-metrics=true",
        "--pre-stop-period=0",
        "--drain-timeout=1",
        "--post-shutdown-grace-period=0");
  }
}
