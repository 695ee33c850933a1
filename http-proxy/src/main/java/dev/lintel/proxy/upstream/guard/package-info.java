/// Circuit breaker and bulkhead of an upstream, and the retry budget: the only users of
/// Resilience4j in the data plane.
@NullMarked
package dev.lintel.proxy.upstream.guard;

import org.jspecify.annotations.NullMarked;
