package dev.lintel.proxy.l4;

import dev.lintel.proxy.exchange.ForwardedRules;

/// Who may say in a PROXY header where a connection comes from. Immutable, shared by all loops.
///
/// @param peers whose word is taken; anybody else's connection is closed where a header is wanted
/// @param timeoutMillis how long a header may take from the moment the connection was accepted
/// @param onHttp whether the ports of HTTP and HTTPS want one of each connection
public record ProxyHeaderRules(ForwardedRules.Peers peers, int timeoutMillis, boolean onHttp) {}
