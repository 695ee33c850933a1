/// Filters: what happens to a request between routing and forwarding, and to a response on its way
/// back.
///
/// A filter is made once per route when a configuration is linked, and serves every request of that
/// route on all event loops at once: it keeps no state of a request. It never blocks; slow work
/// suspends the exchange and resumes it on the same loop.
@NullMarked
package dev.lintel.proxy.filter;

import org.jspecify.annotations.NullMarked;
