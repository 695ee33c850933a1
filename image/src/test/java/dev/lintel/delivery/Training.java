package dev.lintel.delivery;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the product once, first over a folder of manifests and then as a controller with an API
/// server, both under load, so that the Java machine writes down which classes it loads and which
/// methods are hot: the AOT cache of the image.
///
/// `java Training LAYOUT CACHE`: LAYOUT is a folder like the image's root, with the times that the
/// image has. Status 1 if the product answered nothing or wrote no cache.
final class Training {
  private static final int LOAD_SECONDS = Integer.getInteger("lintel.training.seconds", 6);
  private static final int FOLDER_SECONDS = 2;

  private Training() {}

  public static void main(String[] arguments) throws Exception {
    Path layout = Path.of(arguments[0]).toAbsolutePath();
    Path cache = Path.of(arguments[1]).toAbsolutePath();
    Path folder = Files.createTempDirectory("lintel-training");
    SelfSigned tls = SelfSigned.create(folder);
    HttpServer backend = Requests.backend();
    List<Manifests> objects = Manifests.createLarge(tls, backend.getAddress().getPort());
    int status;
    try (PrintStream asked = new PrintStream(layout.resolveSibling("training-api.log").toFile());
        CannedApiServer api = new CannedApiServer(tls.context(), objects, asked)) {
      Path kubeconfig =
          Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig(tls.certificate()));
      Path manifests = Files.createDirectories(folder.resolve("manifests"));
      Files.writeString(manifests.resolve("all.yaml"), Manifests.file(objects));
      status = train(layout, cache, tls, manifests, kubeconfig);
    } finally {
      backend.stop(0);
    }
    System.exit(status);
  }

  private static int train(Path layout, Path cache, SelfSigned tls, Path manifests, Path kubeconfig)
      throws IOException, InterruptedException {
    int[] first = Product.freePorts(3);
    int[] second = Product.freePorts(3);
    List<String> arguments = new ArrayList<>(serve(manifests, first));
    arguments.add("--");
    arguments.addAll(controller(kubeconfig, second));
    Path output = layout.resolveSibling("training-output.log");
    Product product =
        Product.start(
            Product.REHEARSAL,
            layout,
            output,
            List.of(),
            List.of("-XX:AOTCacheOutput=" + cache),
            arguments);
    try {
      boolean served = load(product, tls, first, FOLDER_SECONDS);
      product.interrupt();
      served &= load(product, tls, second, LOAD_SECONDS);
      System.out.println("stopped with status " + product.stop(90));
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

  /// Sends requests of every kind for so long.
  ///
  /// @return whether any was answered as it should be
  private static boolean load(Product product, SelfSigned tls, int[] ports, int seconds)
      throws IOException, InterruptedException {
    try (Requests requests = new Requests(tls.context(), ports[0], ports[1])) {
      product.awaitOpen(ports[1], 60);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() < until) {
        requests.round();
      }
      requests.answers().forEach((what, count) -> System.out.println(count + " x " + what));
      return requests.answers().keySet().stream()
          .anyMatch(answer -> answer.startsWith("GET https") && answer.endsWith("HTTP_2 200"));
    }
  }

  /// The flags that a person at a desk passes.
  static List<String> serve(Path manifests, int[] ports) {
    return List.of(
        "serve",
        manifests.toString(),
        "--http-port=" + ports[0],
        "--https-port=" + ports[1],
        "--admin-port=" + ports[2],
        "--drain-timeout=1");
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
