package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import java.util.List;
import java.util.regex.Pattern;

/// Settings that change how a whole host is routed, whichever Ingress carries them. They need the
/// other Ingresses of the host, so the compiler reads them, not a feature alone.
public final class HostRules {
  /// Makes all paths of the host regular expressions.
  public static final Setting<Boolean> USE_REGEX =
      Setting.bool("use-regex")
          .defaultsTo(false)
          .text(
              "Makes every path of the host, of all its Ingresses, a regular expression: without"
                  + " regard to case, anchored at its start only, the longest text first.");

  /// The path that the upstream sees; belongs to the feature `rewrite`, and makes the paths of the
  /// host regular expressions where it differs from the path of its route.
  public static final Setting<String> REWRITE_TARGET =
      Setting.text(
              "rewrite-target",
              Pattern.compile("[-._~A-Za-z0-9/:$]+"),
              2048,
              "path or http(s) URL of letters, digits and - . _ ~ / : $")
          .risk(Risk.MEDIUM)
          .text(
              "The path that the upstream sees instead; `$1` to `$9` are the groups of the"
                  + " route's path. The query is kept. Where it differs from the path, all paths of"
                  + " the host become regular expressions. A URL answers with a redirect.");

  /// Where `/` of the host is redirected to; belongs to the feature `rewrite`. The oldest Ingress
  /// of the host that says so wins, whichever Ingress serves `/`.
  public static final Setting<String> APP_ROOT =
      Setting.text(
              "app-root",
              Pattern.compile("/[-._~A-Za-z0-9/:$]*"),
              2048,
              "absolute path of letters, digits and - . _ ~ / : $")
          .risk(Risk.MEDIUM)
          .text(
              "Where `/` alone is redirected to (302), with the scheme of the connection; for the"
                  + " whole host.");

  /// Has the host with `www.` in front, or without, lead to this one; belongs to the feature
  /// `www-redirect`.
  public static final Setting<Boolean> FROM_TO_WWW =
      Setting.bool("from-to-www-redirect")
          .defaultsTo(false)
          .text(
              "Redirects `www.HOST` to each host of the Ingress, or `HOST` to one that begins with"
                  + " `www.`, where no Ingress names that other host; the status is"
                  + " `http-redirect-code`. The certificate has to cover both names.");

  /// Makes an Ingress an alternative of another one, and no route of its own.
  public static final Setting<Boolean> CANARY =
      Setting.bool("canary")
          .defaultsTo(false)
          .text(
              "Marks an Ingress as the alternative of another one with the same host and path. It"
                  + " is never routed by itself; Lintel does not send it a share of the requests"
                  + " yet.");

  /// Who answers for a route what nothing else does.
  public enum DefaultBackend {
    /// Lintel itself.
    NONE,
    /// The Service of `--default-backend-service`.
    OF_CONTROLLER,
    /// The Service that the Ingress names.
    OF_INGRESS
  }

  /// The Service that makes the error pages of an Ingress and stands in for Services without
  /// endpoints; belongs to the feature `error-page`.
  public static final Setting<Reference> DEFAULT_BACKEND =
      Setting.reference("default-backend", "Service")
          .text(
              "A Service of the namespace, on its first port, that answers while the Service of a"
                  + " path has no endpoint, with `X-Code: 503`, and makes the pages that"
                  + " `custom-http-errors` asks for.");

  /// Further names of the host.
  public static final Setting<String> SERVER_ALIAS =
      Setting.text(
              "server-alias",
              Pattern.compile("[^\\p{Cntrl}]+"),
              4096,
              "host names with commas between")
          .risk(Risk.HIGH)
          .text(
              "Further names under which the hosts of the Ingress are served, exact or with `*.` in"
                  + " front. Those of the oldest Ingress of a host hold; a name that is a host of its"
                  + " own stays that. Regular expressions are left out.");

  /// Whether a Service's own address is used.
  public static final Setting<Boolean> SERVICE_UPSTREAM =
      Setting.bool("service-upstream")
          .alsoInConfigMap()
          .defaultsTo(false)
          .text(
              "Sends requests to the cluster IP of the Service, which spreads connections, rather"
                  + " than to its endpoints. A headless Service has none: its endpoints are used.");

  /// Whether TLS connections are passed on unopened.
  public static final Setting<Boolean> SSL_PASSTHROUGH =
      Setting.bool("ssl-passthrough")
          .defaultsTo(false)
          .guard()
          .text(
              "Hands the TLS connections of the hosts, told by their server name, to the Service of"
                  + " the path `/` as they come; no other setting acts on them. Needs the flag"
                  + " `--enable-ssl-passthrough`. The oldest Ingress of a host decides.");

  /// A PROXY header in front of connections that are passed on.
  public enum ProxyHeader {
    /// None.
    NONE("none", 0),
    /// Text.
    V1("v1", 1),
    /// Binary.
    V2("v2", 2);

    private final String text;
    private final int version;

    ProxyHeader(String text, int version) {
      this.text = text;
      this.version = version;
    }

    /// 0 for none.
    public int version() {
      return version;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Which PROXY header the upstream of connections that are passed on gets.
  public static final Setting<ProxyHeader> PASSTHROUGH_PROXY_PROTOCOL =
      Setting.oneOf("ssl-passthrough-proxy-protocol", ProxyHeader.class)
          .lintel()
          .defaultsTo(ProxyHeader.NONE)
          .guard()
          .text(
              "The header of the PROXY protocol that the Service of `ssl-passthrough` gets in front"
                  + " of each connection. Lintel's own.");

  /// What is spoken to an upstream.
  public enum Protocol {
    HTTP,
    HTTPS,
    AUTO_HTTP,
    GRPC,
    GRPCS,
    FCGI
  }

  /// The protocol towards the upstream.
  public static final Setting<Protocol> BACKEND_PROTOCOL =
      Setting.oneOf("backend-protocol", Protocol.class)
          .defaultsTo(Protocol.HTTP)
          .guard()
          .text(
              "The protocol towards the upstream: HTTPS and GRPCS are HTTP and gRPC over TLS,"
                  + " AUTO_HTTP is HTTPS for clients that came over TLS and HTTP for others, FCGI is"
                  + " FastCGI. Any certificate of an upstream is taken unless `proxy-ssl-verify` is"
                  + " on.");

  /// A version of HTTP towards the upstream.
  public enum HttpVersion {
    /// What the Service's port says.
    AS_SERVICE_SAYS("service"),
    /// HTTP/1.1.
    ONE("1.1"),
    /// HTTP/2 with prior knowledge.
    TWO("2");

    private final String text;

    HttpVersion(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// The version of HTTP towards the upstream.
  public static final Setting<HttpVersion> UPSTREAM_HTTP_VERSION =
      Setting.oneOf("upstream-http-version", HttpVersion.class)
          .lintel()
          .defaultsTo(HttpVersion.AS_SERVICE_SAYS)
          .text(
              "The version of HTTP towards the upstream, where `backend-protocol` is HTTP, HTTPS or"
                  + " AUTO_HTTP: 2 is HTTP/2, with prior knowledge or over TLS. `service` is HTTP/2 where the Service's port has"
                  + " the `appProtocol` `kubernetes.io/h2c` and the Ingress no `backend-protocol`,"
                  + " else HTTP/1.1.");

  /// A version of HTTP that nginx speaks to upstreams.
  public enum ProxyHttpVersion {
    /// HTTP/1.0, without connections that are kept.
    OLD("1.0"),
    /// HTTP/1.1.
    USUAL("1.1");

    private final String text;

    ProxyHttpVersion(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Whether HTTP/1.1 is too new for an upstream.
  public static final Setting<ProxyHttpVersion> PROXY_HTTP_VERSION =
      Setting.oneOf("proxy-http-version", ProxyHttpVersion.class)
          .alsoInConfigMap()
          .defaultsTo(ProxyHttpVersion.USUAL)
          .text(
              "1.0 sends each request on a connection of its own, and bodies with their length: one"
                  + " of more than 16 KiB that the client sends without its length gets 411."
                  + " WebSockets are not asked for. No effect where HTTP/2 is spoken.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(
          USE_REGEX,
          REWRITE_TARGET,
          APP_ROOT,
          FROM_TO_WWW,
          CANARY,
          DEFAULT_BACKEND,
          SERVER_ALIAS,
          SERVICE_UPSTREAM,
          SSL_PASSTHROUGH,
          PASSTHROUGH_PROXY_PROTOCOL,
          BACKEND_PROTOCOL,
          UPSTREAM_HTTP_VERSION,
          PROXY_HTTP_VERSION);

  private HostRules() {}
}
