/// The fixed Netty pipelines from the socket to the exchange: TLS, HTTP/1.1, HTTP/2, upgrade.
///
/// Whoever is passed a buffer either releases it or passes it on.
@NullMarked
package dev.lintel.proxy.edge;

import org.jspecify.annotations.NullMarked;
