package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a request costs the event loop in objects, in the whole product over real sockets, with a
/// limit, the access log and the metrics on. Connections and their end are part of the bill.
class AllocationTest {
  private static final int CLIENTS = 4;
  private static final int WARM_UP = 60_000;
  private static final int REQUESTS = 100_000;
  private static final int MOST_BYTES = 64;

  private static final String MANIFESTS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: default, name: app}
      spec:
        ports:
          - {name: http, port: 80, targetPort: http}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata:
        namespace: default
        name: app-1
        labels: {kubernetes.io/service-name: app}
      addressType: IPv4
      ports:
        - {name: http, port: %d, protocol: TCP}
      endpoints:
        - addresses: [127.0.0.1]
          conditions: {ready: true}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: default
        name: prefix
        annotations:
          nginx.ingress.kubernetes.io/limit-rps: "1000000"
      spec:
        ingressClassName: nginx
        rules:
          - host: prefix.test
            http:
              paths:
                - {path: /app, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: default
        name: rewrite
        annotations:
          nginx.ingress.kubernetes.io/use-regex: "true"
          nginx.ingress.kubernetes.io/rewrite-target: /$2
      spec:
        ingressClassName: nginx
        rules:
          - host: rewrite.test
            http:
              paths:
                - path: /app(/|$)(.*)
                  pathType: ImplementationSpecific
                  backend: {service: {name: app, port: {number: 80}}}
      """;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @Test
  void anOrdinaryRequestCostsNextToNothing() throws Exception {
    // As in the product: looking for lost buffers costs objects.
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    Path log = Files.createFile(folder.resolve("access.log"));
    Path manifests = Files.createDirectory(folder.resolve("manifests"));
    try (ServerSocket backend = new ServerSocket(0, 64, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> accept(backend));
      Files.writeString(manifests.resolve("all.yaml"), MANIFESTS.formatted(backend.getLocalPort()));
      ControllerConfig config = FolderConfig.of(manifests, FolderConfig.AT_ONCE, log.toString());
      try (IngressProcess lintel = IngressProcess.start(config, _ -> {})) {
        double prefix = bytesPerRequest(lintel.httpPort(), "prefix.test");
        double rewrite = bytesPerRequest(lintel.httpPort(), "rewrite.test");
        System.out.println(
            "bytes allocated on the event loops per request: "
                + prefix
                + " on a prefix route, "
                + rewrite
                + " with a regex rewrite");
        assertThat(prefix).isBetween(0.0, (double) MOST_BYTES);
      }
    }
    assertThat(Files.size(log)).as("bytes of the access log").isGreaterThan(REQUESTS * 100L);
  }

  private double bytesPerRequest(int port, String host) throws Exception {
    ask(port, host, WARM_UP);
    long before = allocated();
    ask(port, host, REQUESTS);
    return (double) (allocated() - before) / REQUESTS;
  }

  private long allocated() {
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo thread = threads.getThreadInfo(id);
      if (thread != null && thread.getThreadName().startsWith("multiThreadIoEventLoopGroup")) {
        sum += threads.getThreadAllocatedBytes(id);
      }
    }
    assertThat(sum).as("bytes allocated by event loops").isPositive();
    return sum;
  }

  private static void ask(int port, String host, int requests) throws Exception {
    byte[] request =
        ("GET /app/thing?q=1 HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: test\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        work.add(() -> askAlone(port, request, requests / CLIENTS));
      }
      for (Future<Void> each : clients.invokeAll(work)) {
        each.get();
      }
    }
  }

  private static Void askAlone(int port, byte[] request, int requests) throws IOException {
    byte[] buffer = new byte[4096];
    int left = requests;
    while (left > 0) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        // As many as one connection may have.
        for (int i = 0; i < 1_000 && left > 0; i++, left--) {
          socket.getOutputStream().write(request);
          String head = read(socket.getInputStream(), buffer);
          if (!head.startsWith("HTTP/1.1 200")) {
            throw new IOException("not answered: " + head);
          }
        }
      }
    }
    return null;
  }

  /// Head and body come in one piece or in more; the body ends with a mark of its own.
  private static String read(InputStream in, byte[] buffer) throws IOException {
    int length = 0;
    while (length == 0 || buffer[length - 1] != '!') {
      int more = in.read(buffer, length, buffer.length - length);
      if (more < 0) {
        throw new IOException("closed");
      }
      length += more;
    }
    return new String(buffer, 0, 12, StandardCharsets.US_ASCII);
  }

  private static void accept(ServerSocket backend) {
    try {
      while (true) {
        Socket socket = backend.accept();
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private static void serve(Socket socket) {
    byte[] answer =
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0123456789!"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[8192];
    try (socket) {
      socket.setTcpNoDelay(true);
      int length = 0;
      while (true) {
        int more = socket.getInputStream().read(buffer, length, buffer.length - length);
        if (more < 0) {
          return;
        }
        length += more;
        if (length >= 4 && buffer[length - 1] == '\n' && buffer[length - 3] == '\n') {
          length = 0;
          socket.getOutputStream().write(answer);
        }
      }
    } catch (IOException _) {
      // the proxy closed its side
    }
  }
}
