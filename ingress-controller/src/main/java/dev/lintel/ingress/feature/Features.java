package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.basicauth.BasicAuth;
import dev.lintel.ingress.feature.bodysize.BodySize;
import dev.lintel.ingress.feature.clientcert.ClientCertificate;
import dev.lintel.ingress.feature.grpcweb.GrpcWeb;
import dev.lintel.ingress.feature.hsts.Hsts;
import dev.lintel.ingress.feature.ratelimit.RateLimit;
import dev.lintel.ingress.feature.rewrite.Rewrite;
import dev.lintel.ingress.feature.sslredirect.SslRedirect;
import dev.lintel.ingress.feature.trailingslash.TrailingSlash;
import java.util.List;

/// The list of all features.
public final class Features {
  /// In the order in which a plan shows them and in which their response filters run.
  public static final List<Feature<?>> ALL =
      List.of(
          new ClientCertificate(),
          new TrailingSlash(),
          new SslRedirect(),
          new Rewrite(),
          new RateLimit(),
          new BasicAuth(),
          new BodySize(),
          new GrpcWeb(),
          new Hsts());

  private Features() {}
}
