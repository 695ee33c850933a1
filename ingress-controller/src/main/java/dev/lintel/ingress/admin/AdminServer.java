package dev.lintel.ingress.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the admin port: health, metrics, and the debug pages for clients on this host.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";

  static {
    // Seconds in which a client must have sent its request: no slow one may hold the port.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AdminPages pages;

  /// Opens the port.
  ///
  /// @throws IOException if the port is in use or may not be opened
  public AdminServer(InetSocketAddress address, AdminPages pages) throws IOException {
    this.pages = pages;
    this.server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    route(pages.healthPath(), this::health);
    route("/metrics", this::metrics);
    route("/debug/plan", onThisHost(pages.plan()));
    route("/debug/problems", onThisHost(pages.problems()));
    route("/debug/endpoints", onThisHost(pages.endpoints()));
    route("/debug/times", onThisHost(pages.times()));
    server.createContext("/", exchange -> answer(exchange, 404, "not found\n"));
    server.start();
  }

  /// The port that was opened.
  public int port() {
    return server.getAddress().getPort();
  }

  /// A handler for exactly this path, for GET and HEAD.
  private void route(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          String method = exchange.getRequestMethod();
          if (!exchange.getRequestURI().getPath().equals(path)) {
            answer(exchange, 404, "not found\n");
          } else if (!method.equals("GET") && !method.equals("HEAD")) {
            answer(exchange, 405, "only GET and HEAD\n");
          } else {
            handle(exchange, handler);
          }
        });
  }

  private static void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      LOG.error("{} failed", exchange.getRequestURI(), e);
      answer(exchange, 500, "failed; see the log\n");
    }
  }

  private void health(HttpExchange exchange) throws IOException {
    boolean ready = pages.isReady().getAsBoolean();
    answer(exchange, ready ? 200 : 500, ready ? "ok\n" : "not ready\n");
  }

  private void metrics(HttpExchange exchange) throws IOException {
    AdminPages.Page page = pages.metrics();
    if (page == null) {
      answer(exchange, 404, "metrics are off (--enable-metrics)\n");
      return;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(64 * 1024);
    page.writeTo(text);
    answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text.toByteArray());
  }

  /// Plans name hosts and paths of all tenants: only who is on this host may read them.
  private static HttpHandler onThisHost(Supplier<String> page) {
    return exchange -> {
      if (exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
        answer(exchange, 200, page.get());
      } else {
        answer(exchange, 403, "only for clients on this host\n");
      }
    };
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      boolean withoutBody = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, withoutBody ? -1 : body.length);
      if (!withoutBody) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
