package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.tls.TlsNames;
import dev.lintel.tls.UpstreamTlsPolicy;
import java.util.List;
import java.util.regex.Pattern;

/// TLS towards upstreams. What it says decides which connections a route may use, so the compiler
/// reads it; the Ingresses of a host that name no Secret take over what an older one says.
public final class UpstreamTlsRules {
  /// The certificate shown and the authorities trusted.
  public static final Setting<Reference> SECRET =
      Setting.reference("proxy-ssl-secret", "Secret")
          .guard()
          .risk(Risk.MEDIUM)
          .text(
              "The Secret with the certificate shown to upstreams (`tls.crt`, `tls.key`) and the"
                  + " authorities that theirs are verified with (`ca.crt`, and `ca.crl` for what"
                  + " they revoked). Holds for the whole host, as far as its other Ingresses are of"
                  + " the same namespace and name no Secret, unless `proxy-ssl-location-only`. One"
                  + " that is missing or cannot be read closes the routes.");

  /// Whether the certificate of the upstream is verified.
  public static final Setting<Switch> VERIFY =
      Setting.oneOf("proxy-ssl-verify", Switch.class)
          .guard()
          .defaultsTo(Switch.OFF)
          .text(
              "`on` takes only certificates of an authority in `ca.crt` that are for"
                  + " `proxy-ssl-name`; without authorities the routes are closed. `off` takes"
                  + " any.");

  /// How long a chain may be.
  public static final Setting<Integer> DEPTH =
      Setting.wholeNumber("proxy-ssl-verify-depth", 0, 100)
          .defaultsTo(1)
          .text(
              "How many authorities may stand between an upstream and a self-signed one; 0 means"
                  + " 1.");

  /// The name in the certificate.
  public static final Setting<String> NAME =
      Setting.text(
              "proxy-ssl-name",
              Pattern.compile("[A-Za-z0-9_]([-._A-Za-z0-9]*[A-Za-z0-9])?|[0-9a-fA-F:.]+"),
              253,
              "DNS name or address")
          .risk(Risk.HIGH)
          .text(
              "The name, or the address, that the certificate of the upstream has to be for, and"
                  + " that `proxy-ssl-server-name` sends. Without it that is `upstream_balancer`,"
                  + " as in ingress-nginx, which hardly any certificate is for.");

  /// Whether the name is sent.
  public static final Setting<Switch> SERVER_NAME =
      Setting.oneOf("proxy-ssl-server-name", Switch.class)
          .defaultsTo(Switch.OFF)
          .text("`on` sends `proxy-ssl-name` in the handshake (SNI).");

  /// The protocols offered.
  public static final Setting<TlsNames> PROTOCOLS =
      Setting.of("proxy-ssl-protocols", TlsGrammar.protocols())
          .text(
              "Protocols offered to upstreams; `TLSv1.2` where there is a `proxy-ssl-secret`, else"
                  + " both. Older ones are skipped.");

  /// The ciphers of TLS 1.2.
  public static final Setting<TlsNames> CIPHERS =
      Setting.of("proxy-ssl-ciphers", TlsGrammar.ciphers())
          .defaultsTo(new TlsNames(UpstreamTlsPolicy.UNVERIFIED.ciphers(), List.of()))
          .risk(Risk.MEDIUM)
          .text("Ciphers offered to upstreams for TLS 1.2; those of TLS 1.3 cannot be chosen.");

  /// Whether an Ingress speaks for itself alone.
  public static final Setting<Boolean> LOCATION_ONLY =
      Setting.bool("proxy-ssl-location-only")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "`true` has the `proxy-ssl-*` annotations hold for the routes of their own Ingress"
                  + " only, not for the whole host.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(SECRET, VERIFY, DEPTH, NAME, SERVER_NAME, PROTOCOLS, CIPHERS, LOCATION_ONLY);

  private UpstreamTlsRules() {}
}
