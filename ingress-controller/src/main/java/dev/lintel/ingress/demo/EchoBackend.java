package dev.lintel.ingress.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A small HTTP server that answers every request with its own name and what it saw of the request.
public final class EchoBackend implements AutoCloseable {
  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Starts a backend on a loopback address.
  ///
  /// @throws IOException if the address is in use
  public EchoBackend(String name, InetSocketAddress address) throws IOException {
    this.name = name;
    this.server = HttpServer.create(address, 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /// The port it listens on.
  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      StringBuilder text = new StringBuilder(512);
      text.append("answered by ").append(name).append('\n');
      text.append(exchange.getRequestMethod())
          .append(' ')
          .append(exchange.getRequestURI())
          .append('\n');
      new TreeMap<>(exchange.getRequestHeaders())
          .forEach(
              (field, values) ->
                  text.append(field).append(": ").append(String.join(", ", values)).append('\n'));
      if (body.length > 0) {
        text.append('\n').append(new String(body, StandardCharsets.UTF_8)).append('\n');
      }
      byte[] answer = text.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      boolean withoutBody = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, withoutBody ? -1 : answer.length);
      if (!withoutBody) {
        exchange.getResponseBody().write(answer);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
