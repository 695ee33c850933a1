package dev.lintel.proxy.l4;

import dev.lintel.proxy.upstream.Upstream;

/// Where bytes are passed on to.
///
/// @param sends the PROXY header that the upstream gets first
public record StreamTarget(Upstream upstream, ProxyVersion sends) {}
