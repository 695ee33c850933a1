package dev.lintel.delivery;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/// Sends what users send: HTTP/1.1 and HTTP/2, plain and over TLS, to each kind of route of
/// [Manifests]. Counts the answers by what was asked and how it was answered.
final class Requests implements AutoCloseable {
  private final HttpClient one;
  private final HttpClient two;
  private final String http;
  private final String https;
  private final Map<String, Integer> answers = new TreeMap<>();

  Requests(SSLContext trust, int httpPort, int httpsPort) {
    one = client(trust, Version.HTTP_1_1);
    two = client(trust, Version.HTTP_2);
    http = "http://" + Manifests.HOST + ":" + httpPort;
    https = "https://" + Manifests.HOST + ":" + httpsPort;
  }

  /// A backend on loopback that answers every request with its path.
  static HttpServer backend() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              200, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
          exchange
              .getResponseBody()
              .write(exchange.getRequestMethod().equals("HEAD") ? new byte[0] : body);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return server;
  }

  private static HttpClient client(SSLContext trust, Version version) {
    return HttpClient.newBuilder()
        .sslContext(trust)
        .version(version)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  /// One round over every kind of route.
  void round() throws InterruptedException {
    get(one, http, "/");
    get(one, http, "/exact");
    for (HttpClient client : new HttpClient[] {one, two}) {
      get(client, https, "/some/page?x=1");
      get(client, https, "/old/page");
      get(client, https, "/limited");
      get(client, https, "/members");
      send(
          client,
          request(https, "/members/in").header("Authorization", "Basic ZGVtbzpsaW50ZWw=").GET());
      send(client, request(https, "/upload").POST(BodyPublishers.ofString("x".repeat(20_000))));
      send(
          client,
          request(https, "/upload")
              .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("chunked"))));
      send(client, request(https, "/head").HEAD());
      send(client, request(https.replace(Manifests.HOST, "localhost"), "/nobody").GET());
    }
  }

  Map<String, Integer> answers() {
    return answers;
  }

  private void get(HttpClient client, String base, String path) throws InterruptedException {
    send(client, request(base, path).GET());
  }

  private static HttpRequest.Builder request(String base, String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
  }

  private void send(HttpClient client, HttpRequest.Builder builder) throws InterruptedException {
    HttpRequest request = builder.build();
    String outcome;
    try {
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
      outcome = response.version() + " " + response.statusCode();
    } catch (IOException e) {
      outcome = e.toString();
    }
    answers.merge(
        request.method()
            + " "
            + request.uri().getScheme()
            + " "
            + request.uri().getPath()
            + ": "
            + outcome,
        1,
        Integer::sum);
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
