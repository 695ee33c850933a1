package dev.lintel.ingress.feature.responseheaders;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HeaderFields;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Leaves header fields out of the answers and puts others in. What other features say (CORS, HSTS)
/// comes after it.
public final class ResponseHeaders implements Feature<ResponseHeadersSettings> {
  private static final HeaderName SERVER = HeaderName.of("Server");
  private static final byte[] PRODUCT = "lintel".getBytes(StandardCharsets.US_ASCII);

  private static final Setting<Reference> ADD =
      Setting.reference("add-headers", "ConfigMap")
          .onlyInConfigMap()
          .text(
              "A ConfigMap of header fields that every answer carries, in place of the upstream's."
                  + " Values with variables are left out.");
  private static final Setting<List<String>> HIDE =
      Setting.headerNames("hide-headers")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .text("Header fields of upstreams that are left out of the answers.");

  private static final Setting<Boolean> PASS_SERVER =
      Setting.bool("allow-backend-server-header")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Lets the field `Server` of upstreams through; otherwise answers have none.");

  private static final Setting<Boolean> SERVER_TOKENS =
      Setting.bool("server-tokens")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Says `Server: lintel` in answers that carry no such field of their own.");

  @Override
  public String id() {
    return "response-headers";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ADD, HIDE, PASS_SERVER, SERVER_TOKENS);
  }

  @Override
  public Optional<ResponseHeadersSettings> read(AnnotationReader in) {
    List<String> hide = in.get(HIDE);
    SortedMap<String, String> set = HeaderFields.read(in, ADD, HeaderFields::isFraming);
    boolean server = in.get(PASS_SERVER);
    boolean tokens = in.get(SERVER_TOKENS);
    return hide.isEmpty() && set.isEmpty() && !server && !tokens
        ? Optional.empty()
        : Optional.of(new ResponseHeadersSettings(hide, set, server, tokens));
  }

  @Override
  public void install(ResponseHeadersSettings settings, RouteAssembly route) {
    if (settings.passServer()) {
      route.response(ResponseHeaders::passServer);
    }
    if (settings.namesServer()) {
      boolean passes = settings.passServer();
      route.response(
          (exchange, head) -> {
            if (!passes || !head.has(SERVER)) {
              head.set(SERVER, PRODUCT);
            }
          });
    }
    HeaderName[] hidden = settings.hide().stream().map(HeaderName::of).toArray(HeaderName[]::new);
    if (hidden.length > 0) {
      route.response(
          (exchange, head) -> {
            for (HeaderName name : hidden) {
              head.remove(name);
            }
          });
    }
    settings
        .set()
        .forEach(
            (name, value) -> {
              HeaderName field = HeaderName.of(name);
              byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
              route.response((exchange, head) -> head.set(field, bytes));
            });
  }

  /// Sets the field as the upstream sent it: of itself it would end here.
  private static void passServer(Exchange exchange, ResponseHead head) {
    Slice value = new Slice();
    if (head.value(SERVER, value)) {
      head.set(SERVER, value.toBytes());
    }
  }
}
