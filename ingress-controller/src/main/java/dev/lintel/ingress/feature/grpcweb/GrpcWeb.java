package dev.lintel.ingress.feature.grpcweb;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import java.util.List;
import java.util.Optional;

/// Translates requests whose type is one of gRPC-Web, on routes whose upstream speaks gRPC; no
/// other request is touched.
public final class GrpcWeb implements Feature<GrpcWebSettings> {
  private static final Setting<Boolean> GRPC_WEB =
      Setting.bool("grpc-web")
          .lintel()
          .alsoInConfigMap()
          .defaultsTo(true)
          .text(
              "Translates calls of gRPC-Web (`application/grpc-web`, `application/grpc-web-text`)"
                  + " for an upstream whose `backend-protocol` is GRPC or GRPCS. `false` passes them"
                  + " on as they are.");

  @Override
  public String id() {
    return "grpc-web";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(GRPC_WEB);
  }

  @Override
  public Optional<GrpcWebSettings> read(AnnotationReader in) {
    HostRules.Protocol protocol = in.get(HostRules.BACKEND_PROTOCOL);
    boolean speaksGrpc =
        protocol == HostRules.Protocol.GRPC || protocol == HostRules.Protocol.GRPCS;
    return speaksGrpc && in.get(GRPC_WEB) ? Optional.of(new GrpcWebSettings()) : Optional.empty();
  }

  @Override
  public void install(GrpcWebSettings settings, RouteAssembly route) {
    route.request(
        Rank.GRPC_WEB,
        exchange -> {
          exchange.bridgeGrpcWeb();
          return Verdict.CONTINUE;
        });
  }
}
