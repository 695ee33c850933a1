/// FastCGI 1.0 towards upstreams: one request at a time on a connection.
///
/// A request arrives as the bytes of an HTTP/1.1 head, which become parameters as CGI has them (RFC
/// 3875, section 4.1); what an application writes becomes an HTTP/1.1 head again, which the scanner
/// of all responses reads, so that one set of rules holds. Records are read strictly: whatever is
/// not asked for, of another request or of another version ends the connection.
///
/// Whoever is passed a buffer either releases it or passes it on.
@NullMarked
package dev.lintel.proxy.upstream.fcgi;

import org.jspecify.annotations.NullMarked;
