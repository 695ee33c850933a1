/// HTTP/2 towards upstreams, at the level of frames: one handler per connection, one small object
/// per request, no channel per stream.
///
/// A request arrives as the bytes of an HTTP/1.1 head, which become a list of header fields; a list
/// of a response is written as an HTTP/1.1 head and read by the scanner of all responses, so that
/// one set of rules holds. Everything that is written while the loop goes round once is flushed
/// once.
///
/// Whoever is passed a buffer either releases it or passes it on.
@NullMarked
package dev.lintel.proxy.upstream.h2;

import org.jspecify.annotations.NullMarked;
