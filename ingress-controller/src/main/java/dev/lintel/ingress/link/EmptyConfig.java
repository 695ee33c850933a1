package dev.lintel.ingress.link;

import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TlsPolicy;
import org.jspecify.annotations.Nullable;

/// Configurations that no plan stands behind.
public final class EmptyConfig {
  private EmptyConfig() {}

  /// One in which nothing is found: what serves while a port is open whose number the first real
  /// configuration has to know.
  ///
  /// @param contexts own the TLS context
  public static ProxyConfig nothing(SslContexts contexts, KeyMaterial certificate) {
    return all(contexts, certificate, null);
  }

  /// One in which every request goes to `upstream`.
  ///
  /// @param contexts own the TLS context
  public static ProxyConfig all(
      SslContexts contexts, KeyMaterial certificate, @Nullable Upstream upstream) {
    Route route =
        new Route(
            RouteLabels.NONE,
            new RequestFilter[0],
            new ResponseFilter[0],
            upstream,
            RouteSettings.DEFAULT,
            null);
    return new ProxyConfig(
        0,
        RoutingTable.builder(route).build(),
        CertificateIndex.builder(contexts.of(certificate, TlsPolicy.INTERMEDIATE)).build(),
        ProxySettings.DEFAULT);
  }
}
