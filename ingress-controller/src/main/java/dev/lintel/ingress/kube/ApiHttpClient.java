package dev.lintel.ingress.kube;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// The JDK's HTTP client, with every listener of a WebSocket wrapped, a limit for its opening
/// handshake, during which nobody can ping yet, and responses packed on their way (`UnzippedBody`);
/// all else is passed on.
final class ApiHttpClient extends HttpClient {
  /// Without a limit, a watch whose connection dies during the handshake would stay silent for
  /// ever.
  private static final Duration LONGEST_HANDSHAKE = Duration.ofSeconds(10);

  private final HttpClient client;
  private final UnaryOperator<WebSocket.Listener> wrap;

  private ApiHttpClient(HttpClient client, UnaryOperator<WebSocket.Listener> wrap) {
    this.client = client;
    this.wrap = wrap;
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(LONGEST_HANDSHAKE);
    return new WebSocket.Builder() {
      @Override
      public WebSocket.Builder header(String name, String value) {
        builder.header(name, value);
        return this;
      }

      @Override
      public WebSocket.Builder connectTimeout(Duration timeout) {
        builder.connectTimeout(
            timeout.compareTo(LONGEST_HANDSHAKE) < 0 ? timeout : LONGEST_HANDSHAKE);
        return this;
      }

      @Override
      public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
        builder.subprotocols(mostPreferred, lesserPreferred);
        return this;
      }

      @Override
      public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
        return builder.buildAsync(uri, wrap.apply(listener));
      }
    };
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body)
      throws IOException, InterruptedException {
    return client.send(zippable(request), UnzippedBody.unzipping(body));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> body) {
    return client.sendAsync(zippable(request), UnzippedBody.unzipping(body));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> body, PushPromiseHandler<T> push) {
    return client.sendAsync(zippable(request), UnzippedBody.unzipping(body), push);
  }

  private static HttpRequest zippable(HttpRequest request) {
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .setHeader("Accept-Encoding", "gzip")
        .build();
  }

  @Override
  public void shutdown() {
    client.shutdown();
  }

  @Override
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return client.awaitTermination(duration);
  }

  @Override
  public boolean isTerminated() {
    return client.isTerminated();
  }

  @Override
  public void shutdownNow() {
    client.shutdownNow();
  }

  @Override
  public void close() {
    client.close();
  }

  /// Builds such clients.
  static final class Builder implements HttpClient.Builder {
    private final HttpClient.Builder builder;
    private final UnaryOperator<WebSocket.Listener> wrap;

    Builder(HttpClient.Builder builder, UnaryOperator<WebSocket.Listener> wrap) {
      this.builder = builder;
      this.wrap = wrap;
    }

    @Override
    public HttpClient build() {
      return new ApiHttpClient(builder.build(), wrap);
    }

    @Override
    public Builder cookieHandler(CookieHandler handler) {
      builder.cookieHandler(handler);
      return this;
    }

    @Override
    public Builder connectTimeout(Duration duration) {
      builder.connectTimeout(duration);
      return this;
    }

    @Override
    public Builder sslContext(SSLContext context) {
      builder.sslContext(context);
      return this;
    }

    @Override
    public Builder sslParameters(SSLParameters parameters) {
      builder.sslParameters(parameters);
      return this;
    }

    @Override
    public Builder executor(Executor executor) {
      builder.executor(executor);
      return this;
    }

    @Override
    public Builder followRedirects(Redirect policy) {
      builder.followRedirects(policy);
      return this;
    }

    @Override
    public Builder version(Version version) {
      builder.version(version);
      return this;
    }

    @Override
    public Builder priority(int priority) {
      builder.priority(priority);
      return this;
    }

    @Override
    public Builder proxy(ProxySelector selector) {
      builder.proxy(selector);
      return this;
    }

    @Override
    public Builder authenticator(Authenticator authenticator) {
      builder.authenticator(authenticator);
      return this;
    }

    @Override
    public Builder localAddress(InetAddress address) {
      builder.localAddress(address);
      return this;
    }
  }
}
