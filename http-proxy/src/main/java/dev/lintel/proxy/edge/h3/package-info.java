/// HTTP/3 towards clients (RFC 9114), over QUIC on the UDP port of HTTPS: one socket for each event
/// loop, and on top of the library's frames the same exchanges as for HTTP/1.1 and HTTP/2.
///
/// A list of header fields is read by [dev.lintel.proxy.edge.h2.H2HeadReader], so that one set of
/// rules holds for all requests. Connections stay on the loop that made them: their ids say which
/// one that is, and packets that the kernel gave to another loop, because a client's port has
/// changed, are handed over ([dev.lintel.proxy.edge.h3.HandedOver]). The library sees one path for
/// each connection all the while ([dev.lintel.proxy.edge.h3.ClientPorts]).
///
/// The library may be missing, for not every image has it: [Http3Edge] is the only class that is
/// loaded then.
@NullMarked
package dev.lintel.proxy.edge.h3;

import org.jspecify.annotations.NullMarked;
