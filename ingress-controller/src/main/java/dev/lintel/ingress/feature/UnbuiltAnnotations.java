package dev.lintel.ingress.feature;

import java.util.LinkedHashMap;
import java.util.Map;

/// The annotations of ingress-nginx that Lintel knows and does not carry out. A feature that comes
/// to carry one out takes its row away.
public final class UnbuiltAnnotations {
  // name | standing | risk | harmless value | what it asks for | what to write instead
  private static final String TABLE =
      """
      enable-modsecurity | guard | low | false | the web application firewall ModSecurity | -
      enable-owasp-core-rules | guard | low | false | the OWASP rules of ModSecurity | -
      modsecurity-snippet | guard | critical | - | rules for ModSecurity | -
      auth-snippet | guard | critical | - | raw nginx configuration | typed annotations
      configuration-snippet | guard | critical | - | raw nginx configuration | typed annotations
      server-snippet | guard | critical | - | raw nginx configuration | typed annotations
      stream-snippet | guard | critical | - | raw nginx configuration | typed annotations
      auth-keepalive-share-vars | mechanics | low | false | variables of nginx's subrequests | -
      modsecurity-transaction-id | detail | high | - | ModSecurity | -
      canary-weight | detail | low | 0 | canary routing | -
      canary-weight-total | detail | low | 100 | canary routing | -
      canary-by-header | detail | medium | - | canary routing | -
      canary-by-header-value | detail | medium | - | canary routing | -
      canary-by-header-pattern | detail | medium | - | canary routing | -
      canary-by-cookie | detail | medium | - | canary routing | -
      affinity-canary-behavior | detail | low | sticky | canary routing | -
      preserve-trailing-slash | behaviour | medium | true | cutting a final slash in the redirect to HTTPS, which Lintel never does | -
      ssl-ciphers | behaviour | low | - | other TLS ciphers | -
      proxy-busy-buffers-size | mechanics | low | - | nginx's buffers for responses | -
      proxy-max-temp-file-size | mechanics | low | - | nginx's temporary files | -
      ssl-prefer-server-ciphers | mechanics | low | - | the order of TLS ciphers, which is always the client's | -
      enable-rewrite-log | mechanics | low | - | nginx's log of rewrites | -
      http2-push-preload | mechanics | low | - | HTTP/2 push, which no browser accepts any more | -
      secure-backends | removed | low | - | HTTPS towards the upstream | backend-protocol: HTTPS
      grpc-backend | removed | low | - | gRPC towards the upstream | backend-protocol: GRPC
      secure-verify-ca-secret | removed | low | - | verifying the upstream's certificate | proxy-ssl-secret
      session-cookie-hash | removed | low | - | a hash for the affinity cookie | -
      add-base-url | removed | low | - | a base element in HTML | -
      base-url-scheme | removed | low | - | a base element in HTML | -
      enable-influxdb | removed | low | - | metrics to InfluxDB | -
      influxdb-measurement | removed | low | - | metrics to InfluxDB | -
      influxdb-port | removed | low | - | metrics to InfluxDB | -
      influxdb-host | removed | low | - | metrics to InfluxDB | -
      influxdb-server-name | removed | low | - | metrics to InfluxDB | -
      enable-opentracing | removed | low | - | tracing | enable-opentelemetry
      opentracing-trust-incoming-span | removed | low | - | tracing | opentelemetry-trust-incoming-span
      global-rate-limit | removed | low | - | a rate limit over all replicas | limit-rps
      global-rate-limit-window | removed | low | - | a rate limit over all replicas | limit-rps
      global-rate-limit-key | removed | low | - | a rate limit over all replicas | limit-rps
      global-rate-limit-ignored-cidrs | removed | low | - | a rate limit over all replicas | limit-allowlist
      lua-resty-waf | removed | low | - | a web application firewall | -
      upstream-max-fails | removed | low | - | nginx's count of failures | lintel.dev/ejection-failures
      upstream-fail-timeout | removed | low | - | nginx's count of failures | lintel.dev/ejection-seconds
      """;

  /// All of them by name.
  public static final Map<String, Unbuilt> ALL = table(TABLE);

  private UnbuiltAnnotations() {}

  static Map<String, Unbuilt> table(String text) {
    Map<String, Unbuilt> rows = new LinkedHashMap<>();
    text.lines()
        .map(Unbuilt::row)
        .forEach(
            row -> {
              if (rows.put(row.name(), row) != null) {
                throw new IllegalArgumentException("two rows for " + row.name());
              }
            });
    return rows;
  }
}
