package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.Multiplexing;
import dev.lintel.proxy.upstream.SharedConnections;
import dev.lintel.proxy.upstream.UpstreamSettings;
import java.util.List;

/// FastCGI 1.0.
///
/// @param index the file that stands for a directory, behind a path that ends with `/`; empty for
///   none
/// @param params sent besides the usual ones, and in place of those of the same name
/// @param keepsConnections whether a connection carries one request after another. A server such as
///   php-fpm has a process for each connection, busy or not, so that connections that wait for
///   their next request keep others from being served.
public record FastCgi(String index, List<FcgiParam> params, boolean keepsConnections)
    implements Multiplexing {
  @Override
  public SharedConnections connections(Loop loop, Endpoint endpoint, UpstreamSettings settings) {
    return new FcgiEndpoint(this, loop, endpoint, settings);
  }
}
