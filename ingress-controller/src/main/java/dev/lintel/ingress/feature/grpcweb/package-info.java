/// Calls of gRPC-Web, which browsers make, to upstreams that speak gRPC.
@NullMarked
package dev.lintel.ingress.feature.grpcweb;

import org.jspecify.annotations.NullMarked;
