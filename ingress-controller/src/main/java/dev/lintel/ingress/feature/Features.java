package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.accesslist.AccessList;
import dev.lintel.ingress.feature.accesslog.AccessLogSwitch;
import dev.lintel.ingress.feature.affinity.Affinity;
import dev.lintel.ingress.feature.basicauth.BasicAuth;
import dev.lintel.ingress.feature.blocklist.BlockList;
import dev.lintel.ingress.feature.bodysize.BodySize;
import dev.lintel.ingress.feature.clientcert.ClientCertificate;
import dev.lintel.ingress.feature.compression.CompressResponses;
import dev.lintel.ingress.feature.connectionheader.ConnectionHeader;
import dev.lintel.ingress.feature.cors.Cors;
import dev.lintel.ingress.feature.customheaders.CustomHeaders;
import dev.lintel.ingress.feature.errorpage.ErrorPage;
import dev.lintel.ingress.feature.externalauth.ExternalAuth;
import dev.lintel.ingress.feature.fixedredirect.FixedRedirect;
import dev.lintel.ingress.feature.grpcweb.GrpcWeb;
import dev.lintel.ingress.feature.hsts.Hsts;
import dev.lintel.ingress.feature.http3.Http3;
import dev.lintel.ingress.feature.limitrate.LimitRate;
import dev.lintel.ingress.feature.loadbalance.LoadBalance;
import dev.lintel.ingress.feature.mirror.Mirror;
import dev.lintel.ingress.feature.ratelimit.RateLimit;
import dev.lintel.ingress.feature.requestbuffer.RequestBuffer;
import dev.lintel.ingress.feature.responsebuffer.ResponseBuffer;
import dev.lintel.ingress.feature.responseheaders.ResponseHeaders;
import dev.lintel.ingress.feature.retry.Retry;
import dev.lintel.ingress.feature.rewrite.Rewrite;
import dev.lintel.ingress.feature.satisfy.Satisfy;
import dev.lintel.ingress.feature.sslredirect.SslRedirect;
import dev.lintel.ingress.feature.tracing.Tracing;
import dev.lintel.ingress.feature.trailingslash.TrailingSlash;
import dev.lintel.ingress.feature.upstreamcookie.UpstreamCookie;
import dev.lintel.ingress.feature.upstreamheaders.UpstreamHeaders;
import dev.lintel.ingress.feature.upstreamhost.UpstreamHost;
import dev.lintel.ingress.feature.upstreamredirect.UpstreamRedirect;
import dev.lintel.ingress.feature.upstreamtimeout.UpstreamTimeout;
import dev.lintel.ingress.feature.wwwredirect.WwwRedirect;
import java.util.List;

/// The list of all features.
public final class Features {
  /// In the order in which a plan shows them and in which their response filters run.
  public static final List<Feature<?>> ALL =
      List.of(
          new BlockList(),
          new ClientCertificate(),
          new TrailingSlash(),
          new WwwRedirect(),
          new FixedRedirect(),
          new SslRedirect(),
          new Rewrite(),
          new RateLimit(),
          new AccessList(),
          new BasicAuth(),
          new ExternalAuth(),
          new Satisfy(),
          new BodySize(),
          new RequestBuffer(),
          new CompressResponses(),
          new LimitRate(),
          new ResponseBuffer(),
          new UpstreamTimeout(),
          new Retry(),
          new LoadBalance(),
          new Affinity(), // behind the other ways to pick an endpoint: the last one counts
          new Mirror(),
          new ErrorPage(),
          new AccessLogSwitch(),
          new Tracing(),
          new GrpcWeb(),
          new UpstreamHost(),
          new UpstreamHeaders(),
          new ConnectionHeader(),
          new UpstreamRedirect(),
          new UpstreamCookie(),
          new ResponseHeaders(),
          new CustomHeaders(),
          new Cors(),
          new Hsts(),
          new Http3());

  private Features() {}
}
