package dev.lintel.ingress.feature.connectionheader;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Upgrade;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Has upstreams of HTTP/1.1 see a fixed `Connection`. Requests for another protocol keep theirs,
/// unlike in nginx: a WebSocket could not be opened.
public final class ConnectionHeader implements Feature<ConnectionHeaderSettings> {
  private static final HeaderName CONNECTION = HeaderName.of("Connection");

  /// What may be written.
  enum Option {
    CLOSE("close"),
    KEEP_ALIVE("keep-alive");

    private final String word;

    Option(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  private static final Setting<Option> CONNECTION_PROXY_HEADER =
      Setting.oneOf("connection-proxy-header", Option.class)
          .text(
              "The `Connection` that upstreams of HTTP/1.1 see; `close` has them close behind each"
                  + " response. WebSockets are opened all the same.");

  @Override
  public String id() {
    return "connection-header";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(CONNECTION_PROXY_HEADER);
  }

  @Override
  public Optional<ConnectionHeaderSettings> read(AnnotationReader in) {
    return in.find(CONNECTION_PROXY_HEADER)
        .map(option -> new ConnectionHeaderSettings(option.toString()));
  }

  @Override
  public void install(ConnectionHeaderSettings settings, RouteAssembly route) {
    byte[] value = settings.value().getBytes(StandardCharsets.US_ASCII);
    route.request(
        Rank.UPSTREAM_HEADERS,
        exchange -> {
          if (exchange.request().upgrade() == Upgrade.NONE) {
            exchange.setUpstreamField(CONNECTION, value);
          }
          return Verdict.CONTINUE;
        });
  }
}
