package dev.lintel.ingress.kube;

import dev.lintel.ingress.FreePort;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A real kube-apiserver and etcd on loopback, for as long as a test class runs. The programs are
/// those of the test cluster: `lintel.cluster.programs` names their directory.
public final class ApiServer implements AutoCloseable {
  /// The token of a user who may do everything.
  public static final String ADMIN = "admin-token";

  /// The token of the user `lintel`, who may do what RBAC grants.
  public static final String LINTEL = "lintel-token";

  private static final String PROGRAMS = "lintel.cluster.programs";
  private static final int ATTEMPTS = 3;

  private final Path directory;
  private final int port = FreePort.tcp();
  private final Process etcd;
  private int etcdPort;
  private Process server;

  private ApiServer() throws Exception {
    // As in the product, where nothing else uses the JDK's HTTP client first: how long that keeps
    // idle connections is decided once.
    MethodHandles.lookup().ensureInitialized(KubeClient.class);
    directory = Files.createTempDirectory("lintel-apiserver");
    Files.writeString(
        directory.resolve("tokens.csv"),
        ADMIN + ",admin,admin,system:masters\n" + LINTEL + ",lintel,lintel\n");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    Files.writeString(
        directory.resolve("sa.key"),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    etcd = startEtcd();
  }

  /// Once more where its port went to another process between the question and the use.
  private Process startEtcd() throws Exception {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      etcdPort = FreePort.tcp();
      String url = "http://127.0.0.1:" + etcdPort;
      Process started =
          start(
              "etcd",
              List.of(
                  "etcd",
                  "--data-dir=" + directory.resolve("etcd"),
                  "--listen-client-urls=" + url,
                  "--advertise-client-urls=" + url,
                  "--listen-peer-urls=http://127.0.0.1:0",
                  "--unsafe-no-fsync"));
      if (awaitListening(started, etcdPort)) {
        return started;
      }
      started.destroyForcibly().waitFor();
    }
    throw new AssertionError("no etcd: " + Files.readString(directory.resolve("etcd.log")));
  }

  private static boolean awaitListening(Process process, int port) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return true;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return false;
  }

  public static ApiServer start() throws Exception {
    ApiServer made = new ApiServer();
    try {
      made.startServer();
    } catch (Exception | Error e) {
      made.close();
      throw e;
    }
    return made;
  }

  /// Starts the API server (again) and waits until it answers.
  ///
  /// @return the moment it said that it lives, as nanoTime
  public long startServer() throws Exception {
    server = start("kube-apiserver", serverCommand());
    return awaitLive();
  }

  public void kill() throws InterruptedException {
    server.destroyForcibly().waitFor();
  }

  public void freeze() throws Exception {
    signal("STOP");
  }

  public long thaw() throws Exception {
    signal("CONT");
    return awaitLive();
  }

  public int port() {
    return port;
  }

  /// Access for one of the users, at this port of loopback.
  ClusterAccess access(String token, int atPort) throws IOException {
    Path file = directory.resolve(token + "-" + atPort + ".conf");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters:
          - name: c
            cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}
        users: [{name: u, user: {token: %s}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        current-context: c
        """
            .formatted(atPort, directory.resolve("apiserver.crt"), token));
    return new ClusterAccess("", file.toString(), "");
  }

  public KubeClient client(String token) throws IOException {
    return KubeClient.connect(access(token, port));
  }

  private List<String> serverCommand() {
    return List.of(
        program("kube-apiserver").toString(),
        "--etcd-servers=http://127.0.0.1:" + etcdPort,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + directory,
        "--service-cluster-ip-range=10.96.0.0/16",
        "--endpoint-reconciler-type=none",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + directory.resolve("sa.key"),
        "--service-account-signing-key-file=" + directory.resolve("sa.key"),
        "--token-auth-file=" + directory.resolve("tokens.csv"),
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount");
  }

  private static Path program(String name) {
    String programs = System.getProperty(PROGRAMS, "");
    Path program = Path.of(programs, name);
    if (programs.isEmpty() || !Files.isExecutable(program)) {
      throw new AssertionError(
          "no " + name + " in -D" + PROGRAMS + "=" + programs + " (the test cluster builds it)");
    }
    return program;
  }

  private Process start(String name, List<String> command) throws IOException {
    return new ProcessBuilder(new ArrayList<>(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
        .start();
  }

  private long awaitLive() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    try (HttpClient client = anyCertificate()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/readyz"))
              .header("Authorization", "Bearer " + ADMIN)
              .timeout(Duration.ofSeconds(2))
              .build();
      while (true) {
        try {
          if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return System.nanoTime();
          }
        } catch (IOException e) {
          if (!server.isAlive()) {
            throw new AssertionError(
                "kube-apiserver ended: "
                    + Files.readString(directory.resolve("kube-apiserver.log")),
                e);
          }
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError("kube-apiserver is not ready after 90 s");
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor();
  }

  private static HttpClient anyCertificate() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Override
  public void close() throws Exception {
    if (server != null) {
      server.destroyForcibly().waitFor();
    }
    etcd.destroyForcibly().waitFor();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException error)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// The fixture asks whether its own server is up, nothing more.
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
