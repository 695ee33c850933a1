/// Where requests go: upstreams, their endpoints, whose turn it is, and a pool of connections per
/// event loop. Other ways to pick an endpoint than in turn are in `balance`.
@NullMarked
package dev.lintel.proxy.upstream;

import org.jspecify.annotations.NullMarked;
