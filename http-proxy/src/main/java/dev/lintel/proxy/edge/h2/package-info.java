/// HTTP/2 towards clients, at the level of frames: one handler per connection, no channel per
/// stream.
///
/// A list of header fields is written as the bytes of an HTTP/1.1 head and read by the same
/// scanner, so that one set of rules holds for all requests; what only HTTP/2 forbids is checked
/// before. Everything that is written to a connection while the loop goes round once is flushed
/// once: that is where most of the speed comes from.
///
/// Whoever is passed a buffer either releases it or passes it on.
@NullMarked
package dev.lintel.proxy.edge.h2;

import org.jspecify.annotations.NullMarked;
