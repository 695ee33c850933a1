package dev.lintel.ingress.feature.http3;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.GlobalReader;
import dev.lintel.ingress.feature.GlobalRules;
import dev.lintel.ingress.feature.L4Settings;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Offers HTTP/3; off unless the ConfigMap says otherwise. ingress-nginx had nothing of the kind.
/// Hosts that ask for client certificates are not offered, nor served, so.
public final class Http3 implements Feature<Http3Settings> {
  private static final HeaderName ALT_SVC = HeaderName.of("Alt-Svc");
  private static final String NEEDED_PROTOCOL = "TLSv1.3";
  private static final String NOT_SERVED = "no HTTP/3";
  private static final int HIGHEST_PORT = 65_535;

  static final Setting<Boolean> ENABLED =
      Setting.bool("use-http3")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Answers HTTP/3 on the UDP port of HTTPS and tells clients so with Alt-Svc. Wants an"
                  + " image with the library for it, and the port opened: see"
                  + " [protocols](protocols.md).");
  static final Setting<Integer> PORT =
      Setting.wholeNumber("http3-advertised-port", 1, HIGHEST_PORT)
          .onlyInConfigMap()
          .text(
              "The UDP port that clients are told of, where something in front turns another into"
                  + " that of HTTPS.");

  @Override
  public String id() {
    return "http3";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ENABLED, PORT);
  }

  /// Whether it is wanted, and may be: there is no QUIC without TLS 1.3, and no PROXY header that
  /// would say who its clients are.
  public static boolean isWanted(GlobalReader globals) {
    if (!globals.get(ENABLED)) {
      return false;
    }
    if (!globals.get(GlobalRules.SSL_PROTOCOLS).known().contains(NEEDED_PROTOCOL)) {
      globals.problem(
          ENABLED, "ssl-protocols without " + NEEDED_PROTOCOL, NEEDED_PROTOCOL, NOT_SERVED);
      return false;
    }
    if (globals.get(L4Settings.PROXY_PROTOCOL)) {
      globals.problem(
          ENABLED, "beside use-proxy-protocol", "clients without PROXY headers", NOT_SERVED);
      return false;
    }
    return true;
  }

  @Override
  public Optional<Http3Settings> read(AnnotationReader in) {
    boolean offered =
        in.get(ENABLED)
            && in.get(GlobalRules.SSL_PROTOCOLS).known().contains(NEEDED_PROTOCOL)
            && !in.get(L4Settings.PROXY_PROTOCOL);
    return offered ? Optional.of(new Http3Settings(in.find(PORT).orElse(0))) : Optional.empty();
  }

  /// An upstream that has its own Alt-Svc knows why.
  @Override
  public void install(Http3Settings settings, RouteAssembly route) {
    byte[] value = settings.value(route.httpsPort()).getBytes(StandardCharsets.US_ASCII);
    route.response(
        (exchange, head) -> {
          if (exchange.mayMoveToHttp3() && !head.has(ALT_SVC)) {
            head.set(ALT_SVC, value);
          }
        });
  }
}
