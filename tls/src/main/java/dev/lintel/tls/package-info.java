/// Keys and the choice among them: PEM and a policy in, Netty SSL contexts out, by server name.
///
/// This package knows nothing of HTTP: the handshake itself is the edge's affair.
@NullMarked
package dev.lintel.tls;

import org.jspecify.annotations.NullMarked;
