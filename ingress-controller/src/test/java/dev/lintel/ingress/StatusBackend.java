package dev.lintel.ingress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers with the status that the path ends in, else with one of its own, and tells what it saw;
/// at length where a field `X-Large` asks for that.
final class StatusBackend implements AutoCloseable {
  static final int LARGE = 1 << 20;

  private static final Pattern STATUS = Pattern.compile(".*/(\\d{3})");

  private final String name;
  private final int usual;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param usual the status where the path names none
  StatusBackend(String name, int usual) throws IOException {
    this.name = name;
    this.usual = usual;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      Matcher wanted = STATUS.matcher(exchange.getRequestURI().getPath());
      int status = wanted.matches() ? Integer.parseInt(wanted.group(1)) : usual;
      StringBuilder text = new StringBuilder("page by " + name + "\n");
      text.append(exchange.getRequestMethod()).append(' ');
      text.append(exchange.getRequestURI()).append('\n');
      new TreeMap<>(exchange.getRequestHeaders())
          .forEach(
              (field, values) ->
                  text.append(field).append(": ").append(String.join(", ", values)).append('\n'));
      if (exchange.getRequestHeaders().containsKey("X-Large")) {
        text.append("x".repeat(LARGE));
      }
      byte[] answer = text.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Server", name + "/1");
      exchange.getResponseHeaders().set("X-From", name);
      boolean empty = exchange.getRequestMethod().equals("HEAD") || status == 204 || status == 304;
      exchange.sendResponseHeaders(status, empty ? -1 : answer.length);
      if (!empty) {
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
