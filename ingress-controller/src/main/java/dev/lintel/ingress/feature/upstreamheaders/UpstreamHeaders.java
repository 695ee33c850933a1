package dev.lintel.ingress.feature.upstreamheaders;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HeaderFields;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;

/// Sets header fields of every request to an upstream, in place of the client's. Fields by which
/// the proxy frames the message or tells of the client are its own.
public final class UpstreamHeaders implements Feature<UpstreamHeadersSettings> {
  private static final HeaderName X_ORIGINAL_URI = HeaderName.of("X-Original-URI");
  private static final Pattern OWN =
      Pattern.compile(
          "host|connection|content-length|transfer-encoding|expect|upgrade|keep-alive|te|trailer"
              + "|http2-settings|proxy|proxy-.*|forwarded|x-forwarded-.*|x-original-.*|x-real-ip"
              + "|x-request-id|x-scheme|x-rewrite-url|ssl-client-.*|client-cert.*");

  private static final Setting<Reference> SET =
      Setting.reference("proxy-set-headers", "ConfigMap")
          .onlyInConfigMap()
          .text(
              "A ConfigMap of header fields that every upstream gets, in place of the client's; an"
                  + " empty value keeps a field back. Values with variables are left out.");

  private static final Setting<Boolean> ORIGINAL_URI =
      Setting.bool("proxy-add-original-uri-header")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Sends the target as the client wrote it to upstreams, as `X-Original-URI`.");

  @Override
  public String id() {
    return "upstream-headers";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SET, ORIGINAL_URI);
  }

  @Override
  public Optional<UpstreamHeadersSettings> read(AnnotationReader in) {
    SortedMap<String, String> set =
        HeaderFields.read(in, SET, name -> OWN.matcher(name.replace('_', '-')).matches());
    boolean originalUri = in.get(ORIGINAL_URI);
    return set.isEmpty() && !originalUri
        ? Optional.empty()
        : Optional.of(new UpstreamHeadersSettings(set, originalUri));
  }

  @Override
  public void install(UpstreamHeadersSettings settings, RouteAssembly route) {
    if (settings.originalUri()) {
      route.request(Rank.UPSTREAM_HEADERS, UpstreamHeaders::addTarget);
    }
    settings
        .set()
        .forEach((name, value) -> route.request(Rank.UPSTREAM_HEADERS, filter(name, value)));
  }

  private static Verdict addTarget(Exchange exchange) {
    exchange.setUpstreamField(X_ORIGINAL_URI, exchange.request().requestUri());
    return Verdict.CONTINUE;
  }

  private static RequestFilter filter(String name, String value) {
    HeaderName field = HeaderName.of(name);
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    return exchange -> {
      if (bytes.length == 0) {
        exchange.removeUpstreamField(field);
      } else {
        exchange.setUpstreamField(field, bytes);
      }
      return Verdict.CONTINUE;
    };
  }
}
