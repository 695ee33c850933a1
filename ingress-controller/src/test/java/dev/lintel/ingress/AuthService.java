package dev.lintel.ingress;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lintel.tls.KeyMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The service that is asked: what it answers is in the path of the question.
///
/// `/allow` lets in and names a user; `/status/N` answers `N`; `/token` lets in who shows `Bearer
/// good`; `/pause` lets in after a while; `/hang` does not answer; `/drop` closes the connection;
/// `/long` lets in with a body too long to read.
final class AuthService implements AutoCloseable {
  /// What it saw of a question.
  record Seen(String method, String uri, Headers fields, int body) {
    /// The values of a field, with commas between; empty where there is none.
    String field(String name) {
      List<String> values = fields.get(name);
      return values == null ? "" : String.join(", ", values);
    }
  }

  static final int PAUSE_MILLIS = 600;
  private static final int LONG = 4 << 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final AtomicInteger users = new AtomicInteger();

  private AuthService(HttpServer server) {
    this.server = server;
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  static AuthService start() throws IOException {
    return new AuthService(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  /// The same over TLS.
  static AuthService start(KeyMaterial pair) throws IOException, GeneralSecurityException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("a", pair.privateKey(), new char[0], new Certificate[] {pair.leaf()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new AuthService(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// All questions, in the order in which they came.
  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /// Those for a path of its own.
  List<Seen> seen(String uri) {
    return seen.stream().filter(each -> each.uri().equals(uri)).toList();
  }

  /// The last one.
  Seen last() {
    return seen.getLast();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int body = exchange.getRequestBody().readAllBytes().length;
      String uri = exchange.getRequestURI().toString();
      seen.add(new Seen(exchange.getRequestMethod(), uri, exchange.getRequestHeaders(), body));
      Headers fields = exchange.getResponseHeaders();
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/status/")) {
        fields.add("WWW-Authenticate", "Bearer realm=\"there\"");
        fields.add("WWW-Authenticate", "Negotiate");
        fields.add("Set-Cookie", "denied=1");
        fields.add("X-Auth-User", "nobody");
        send(exchange, Integer.parseInt(path.substring("/status/".length())), "its own words");
        return;
      }
      switch (path) {
        case "/token" -> {
          boolean good =
              "Bearer good".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          fields.add("X-Auth-User", "user" + users.incrementAndGet());
          send(exchange, good ? 200 : 401, "");
        }
        case "/cookie" -> {
          fields.add("Set-Cookie", "session=" + users.incrementAndGet());
          send(exchange, 200, "");
        }
        case "/private" -> {
          fields.add("Cache-Control", "private");
          send(exchange, 200, "");
        }
        case "/pause" -> {
          pause(PAUSE_MILLIS);
          send(exchange, 200, "");
        }
        case "/hang" -> pause(20_000);
        case "/drop" -> {} // closed without an answer
        case "/long" -> {
          exchange.sendResponseHeaders(200, LONG);
          exchange.getResponseBody().write(new byte[LONG]);
        }
        default -> {
          fields.add("X-Auth-User", "joe");
          fields.add("X-Auth-Groups", "a");
          fields.add("X-Auth-Groups", "b");
          fields.add("X-Auth-Empty", "");
          fields.add("Set-Cookie", "first=1; Path=/");
          fields.add("Set-Cookie", "second=2");
          send(exchange, 202, "yes");
        }
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    boolean bodiless =
        body.isEmpty()
            || status == 204
            || status == 304
            || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length());
    if (!bodiless) {
      exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
