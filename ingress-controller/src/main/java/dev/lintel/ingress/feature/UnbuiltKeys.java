package dev.lintel.ingress.feature;

import java.util.Map;

/// The ConfigMap keys of ingress-nginx that Lintel knows and does not carry out. A setting that
/// comes to carry one out takes its row away. A guard among them closes every route.
public final class UnbuiltKeys {
  // name | standing | risk | harmless value | what it asks for | what to write instead
  private static final String TABLE =
      """
      global-auth-snippet | guard | low | - | raw nginx configuration | typed settings
      http-snippet | guard | low | - | raw nginx configuration | typed settings
      server-snippet | guard | low | - | raw nginx configuration | typed settings
      location-snippet | guard | low | - | raw nginx configuration | typed settings
      enable-modsecurity | guard | low | false | the web application firewall ModSecurity | -
      enable-owasp-modsecurity-crs | guard | low | false | the OWASP rules of ModSecurity | -
      modsecurity-snippet | guard | low | - | rules for ModSecurity | -
      main-snippet | behaviour | low | - | raw nginx configuration | typed settings
      stream-snippet | behaviour | low | - | raw nginx configuration | typed settings
      allow-snippet-annotations | behaviour | low | false | raw nginx configuration in annotations | -
      annotation-value-word-blocklist | behaviour | low | - | a list of words that annotations may not hold | -
      strict-validate-path-type | behaviour | low | true | a check of the characters in paths | -
      forwarded-for-proxy-protocol-header | mechanics | low | X-Forwarded-For-Proxy-Protocol | the name of a field that only nginx needs | -
      enable-auth-access-log | behaviour | low | false | other access logs | -
      enable-syslog | behaviour | low | false | other access logs | -
      access-log-path | behaviour | low | /var/log/nginx/access.log | another place for the access log | the flag --access-log-path
      http-access-log-path | behaviour | low | - | another place for the access log | the flag --access-log-path
      access-log-params | detail | low | - | other access logs | -
      syslog-host | detail | low | - | other access logs | -
      syslog-port | detail | low | 514 | other access logs | -
      stream-access-log-path | behaviour | low | - | a log of TCP and UDP services | -
      disable-stream-access-log | behaviour | low | false | a log of TCP and UDP services | -
      log-format-stream | behaviour | low | - | a log of TCP and UDP services | -
      large-client-header-buffers | behaviour | low | 4 8k | another limit of request heads | -
      disable-ipv6 | behaviour | low | false | other listeners | -
      bind-address | behaviour | low | "" (all) | other listeners | -
      http2-max-concurrent-streams | behaviour | low | 128 | another number of HTTP/2 streams | -
      use-http2 | behaviour | low | true | no HTTP/2 | -
      worker-shutdown-timeout | behaviour | low | 240s | another time for draining connections | -
      limit-conn-zone-variable | behaviour | low | $binary_remote_addr | limits counted by another key than the client's address | -
      opentelemetry-config | mechanics | low | - | the file that nginx's module for traces reads | -
      preserve-trailing-slash | behaviour | low | true | cutting a final slash in the redirect to HTTPS, which Lintel never does | -
      default-type | behaviour | low | text/html | another content type for responses without one | -
      use-geoip2 | behaviour | low | false | variables by the client's place | -
      geoip2-autoreload-in-minutes | detail | low | 0 | variables by the client's place | -
      ssl-early-data | behaviour | low | false | TLS 1.3 early data | -
      error-log-path | mechanics | low | - | nginx's own log of errors | -
      error-log-level | mechanics | low | - | nginx's own log of errors | -
      client-header-buffer-size | mechanics | low | - | nginx's buffers | -
      proxy-busy-buffers-size | mechanics | low | - | nginx's buffers | -
      proxy-max-temp-file-size | mechanics | low | - | nginx's buffers | -
      ssl-buffer-size | mechanics | low | - | nginx's buffers | -
      grpc-buffer-size-kb | mechanics | low | - | nginx's buffers | -
      map-hash-bucket-size | mechanics | low | - | nginx's hash tables | -
      server-name-hash-max-size | mechanics | low | - | nginx's hash tables | -
      server-name-hash-bucket-size | mechanics | low | - | nginx's hash tables | -
      proxy-headers-hash-max-size | mechanics | low | - | nginx's hash tables | -
      proxy-headers-hash-bucket-size | mechanics | low | - | nginx's hash tables | -
      variables-hash-bucket-size | mechanics | low | - | nginx's hash tables | -
      variables-hash-max-size | mechanics | low | - | nginx's hash tables | -
      enable-multi-accept | mechanics | low | - | nginx's worker processes | -
      max-worker-connections | mechanics | low | - | nginx's worker processes | -
      max-worker-open-files | mechanics | low | - | nginx's worker processes | -
      enable-aio-write | mechanics | low | - | nginx's worker processes | -
      reuse-port | mechanics | low | - | nginx's worker processes | -
      worker-processes | mechanics | low | - | nginx's worker processes | -
      worker-cpu-affinity | mechanics | low | - | nginx's worker processes | -
      enable-serial-reloads | mechanics | low | - | nginx's worker processes | -
      debug-connections | mechanics | low | - | nginx's worker processes | -
      lua-shared-dicts | mechanics | low | - | nginx's Lua memory | -
      nginx-status-ipv4-whitelist | mechanics | low | - | nginx's status page | -
      nginx-status-ipv6-whitelist | mechanics | low | - | nginx's status page | -
      ssl-dh-param | mechanics | low | - | Diffie-Hellman parameters, which no cipher of Lintel uses | -
      http2-max-field-size | removed | low | - | a limit that nginx gave up | -
      http2-max-header-size | removed | low | - | a limit that nginx gave up | -
      http2-max-requests | removed | low | - | a limit that nginx gave up | -
      use-geoip | removed | low | - | an old GeoIP format | -
      app-root | removed | low | - | a global value that never had an effect | -
      upstream-hash-by | removed | low | - | a global value that never had an effect | -
      upstream-hash-by-subset | removed | low | - | a global value that never had an effect | -
      upstream-hash-by-subset-size | removed | low | - | a global value that never had an effect | -
      jaeger-collector-host | removed | low | - | OpenTracing | -
      jaeger-collector-port | removed | low | - | OpenTracing | -
      jaeger-endpoint | removed | low | - | OpenTracing | -
      jaeger-service-name | removed | low | - | OpenTracing | -
      jaeger-propagation-format | removed | low | - | OpenTracing | -
      jaeger-sampler-type | removed | low | - | OpenTracing | -
      jaeger-sampler-param | removed | low | - | OpenTracing | -
      jaeger-sampler-host | removed | low | - | OpenTracing | -
      jaeger-sampler-port | removed | low | - | OpenTracing | -
      jaeger-trace-context-header-name | removed | low | - | OpenTracing | -
      jaeger-debug-header | removed | low | - | OpenTracing | -
      jaeger-baggage-header | removed | low | - | OpenTracing | -
      jaeger-trace-baggage-header-prefix | removed | low | - | OpenTracing | -
      """;

  /// All of them by name.
  public static final Map<String, Unbuilt> ALL = UnbuiltAnnotations.table(TABLE);

  private UnbuiltKeys() {}
}
