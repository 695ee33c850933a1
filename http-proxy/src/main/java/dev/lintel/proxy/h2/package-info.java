/// What connections of HTTP/2 towards clients and towards upstreams have in common: their socket,
/// and the frames that neither looks at.
@NullMarked
package dev.lintel.proxy.h2;

import org.jspecify.annotations.NullMarked;
