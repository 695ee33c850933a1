package dev.lintel.ingress.feature.upstreamhost;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Another `Host` for the upstream than the client's, which stays in `X-Forwarded-Host`.
public final class UpstreamHost implements Feature<UpstreamHostSettings> {
  private static final Setting<String> VHOST =
      Setting.text(
              "upstream-vhost",
              Pattern.compile("(?:[-_.A-Za-z0-9]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?"),
              253 + 6,
              "host name or address, with a port if wanted")
          .text("The `Host` that the upstream sees instead of the client's.");

  @Override
  public String id() {
    return "upstream-vhost";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(VHOST);
  }

  @Override
  public Optional<UpstreamHostSettings> read(AnnotationReader in) {
    return in.find(VHOST).map(UpstreamHostSettings::new);
  }

  @Override
  public void install(UpstreamHostSettings settings, RouteAssembly route) {
    byte[] host = settings.host().getBytes(StandardCharsets.US_ASCII);
    route.request(
        Rank.UPSTREAM_HEADERS,
        exchange -> {
          exchange.setUpstreamField(HeaderNames.HOST, host);
          return Verdict.CONTINUE;
        });
  }
}
