package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.plan.ClientPlan;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.tls.TlsNames;
import dev.lintel.tls.TlsPolicy;
import java.util.List;
import java.util.regex.Pattern;

/// Settings of the whole controller that belong to no feature; read by the compiler.
public final class GlobalRules {
  private static final int LONGEST_SECONDS = 86_400;

  /// The access log's format.
  public static final Setting<String> LOG_FORMAT =
      Setting.text("log-format-upstream", Pattern.compile(".+", Pattern.DOTALL), 16_384, "text")
          .onlyInConfigMap()
          .defaultsTo(GlobalPlan.USUAL_LOG_FORMAT)
          .text("Format of the access log, with nginx's variables such as `$status`.");

  /// Whether annotations may name objects of other namespaces.
  public static final Setting<Boolean> ALLOW_CROSS_NAMESPACE =
      Setting.bool("allow-cross-namespace-resources")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Lets annotations name Secrets and ConfigMaps of other namespaces than their own.");

  /// The highest risk an annotation may have.
  public static final Setting<Risk> RISK_LEVEL =
      Setting.oneOf("annotations-risk-level", Risk.class)
          .onlyInConfigMap()
          .defaultsTo(Risk.HIGH)
          .text(
              "The highest risk an annotation may have. A riskier one closes its Ingress's routes.");

  /// How long a client may take for a request's head.
  public static final Setting<Integer> CLIENT_HEADER_TIMEOUT =
      Setting.seconds("client-header-timeout", 1, LONGEST_SECONDS)
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.header())
          .text("Seconds in which a request's head must be complete.");

  /// How long a client may be silent within a request's body.
  public static final Setting<Integer> CLIENT_BODY_TIMEOUT =
      Setting.seconds("client-body-timeout", 1, LONGEST_SECONDS)
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.body())
          .text("Seconds that a client may be silent within a request's body.");

  /// How long a connection may wait for its next request.
  public static final Setting<Integer> KEEP_ALIVE =
      Setting.seconds("keep-alive", 0, LONGEST_SECONDS)
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.keepAlive())
          .text(
              "Seconds that a client's connection may wait for its next request; 0 closes it after"
                  + " each answer.");

  /// How many requests a connection serves.
  public static final Setting<Integer> KEEP_ALIVE_REQUESTS =
      Setting.wholeNumber("keep-alive-requests", 1, 1_000_000_000)
          .onlyInConfigMap()
          .text(
              "Requests that a client's connection serves before it is closed; 1000 over HTTP/1.1"
                  + " and 10000 over HTTP/2 where it is not set.");

  /// How many connections a source may have.
  public static final Setting<Integer> CONNECTIONS_PER_SOURCE =
      Setting.wholeNumber("connections-per-source", 0, 1_000_000)
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.perSource())
          .text(
              "Connections that one IPv4 address, or one IPv6 network of 64 bits, may have to a pod"
                  + " at a time; further ones are closed at once. 0 is any number. Lintel's own.");

  /// Whether field names may hold underscores.
  public static final Setting<Boolean> UNDERSCORES =
      Setting.bool("enable-underscores-in-headers")
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.underscores())
          .text(
              "Forwards request header fields with underscores in their names, but for those that a"
                  + " server could take for a field of the proxy, such as `X_Forwarded_For`.");

  /// Whether odd field names are left out.
  public static final Setting<Boolean> IGNORE_INVALID =
      Setting.bool("ignore-invalid-headers")
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.ignoresInvalid())
          .text(
              "Leaves out request header fields whose names hold more than letters, digits and"
                  + " hyphens. `false` forwards all that HTTP allows; what it does not gets 400 in"
                  + " any case.");

  /// Whether requests get an id.
  public static final Setting<Boolean> GENERATE_REQUEST_ID =
      Setting.bool("generate-request-id")
          .onlyInConfigMap()
          .defaultsTo(ClientPlan.USUAL.makesRequestIds())
          .text(
              "Makes an `X-Request-ID` for requests that bring none, or one that is not fit for a"
                  + " log.");

  /// The protocols of TLS.
  public static final Setting<TlsNames> SSL_PROTOCOLS =
      Setting.of("ssl-protocols", TlsGrammar.protocols())
          .onlyInConfigMap()
          .defaultsTo(new TlsNames(TlsPolicy.USUAL_PROTOCOLS, List.of()))
          .text(
              "Protocols offered to clients. `TLSv1.3` alone is the modern profile. Older ones than"
                  + " TLS 1.2 are skipped.");

  /// The ciphers of TLS 1.2.
  public static final Setting<TlsNames> SSL_CIPHERS =
      Setting.of("ssl-ciphers", TlsGrammar.ciphers())
          .onlyInConfigMap()
          .defaultsTo(new TlsNames(TlsPolicy.USUAL_CIPHERS, List.of()))
          .text(
              "Ciphers offered for TLS 1.2; the client's order decides. Those of TLS 1.3 are always"
                  + " the same. What BoringSSL does not have is skipped.");

  /// The groups of the key exchange.
  public static final Setting<TlsNames> SSL_ECDH_CURVE =
      Setting.of("ssl-ecdh-curve", TlsGrammar.groups(TlsPolicy.USUAL_GROUPS))
          .onlyInConfigMap()
          .defaultsTo(new TlsNames(TlsPolicy.USUAL_GROUPS, List.of()))
          .text("Groups of the key exchange, the preferred one first.");

  /// Whether handshakes for unknown names are refused.
  public static final Setting<Boolean> SSL_REJECT_HANDSHAKE =
      Setting.bool("ssl-reject-handshake")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Refuses TLS handshakes that name no host, or one that no Ingress has, instead of"
                  + " showing the default certificate.");

  /// Whether names are looked up for IPv4 alone.
  public static final Setting<Boolean> DISABLE_IPV6_DNS =
      Setting.bool("disable-ipv6-dns")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Looks names of upstreams up for IPv4 addresses alone. Without it IPv6 is asked for"
                  + " where a name has no IPv4 address.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(
          CLIENT_HEADER_TIMEOUT,
          CLIENT_BODY_TIMEOUT,
          KEEP_ALIVE,
          KEEP_ALIVE_REQUESTS,
          CONNECTIONS_PER_SOURCE,
          UNDERSCORES,
          IGNORE_INVALID,
          GENERATE_REQUEST_ID,
          SSL_PROTOCOLS,
          SSL_CIPHERS,
          SSL_ECDH_CURVE,
          SSL_REJECT_HANDSHAKE,
          DISABLE_IPV6_DNS,
          LOG_FORMAT,
          ALLOW_CROSS_NAMESPACE,
          RISK_LEVEL);

  private GlobalRules() {}
}
