/// Where requests go: upstreams, their endpoints, load balancing and a pool of connections per
/// event loop.
@NullMarked
package dev.lintel.proxy.upstream;

import org.jspecify.annotations.NullMarked;
