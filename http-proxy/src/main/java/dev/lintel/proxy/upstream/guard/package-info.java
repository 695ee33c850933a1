/// What stands between requests and an upstream: circuit breaker and bulkhead (the only users of
/// Resilience4j in the data plane), the retry budget, and the health of the endpoints, which says
/// which of them are left out.
///
/// Health is judged beside the event loops. Loops only count failures in a row, in one record for
/// each endpoint that all of them share; whoever is left out is taken from the set of endpoints
/// that balancers pick from, so that no pick asks for it.
@NullMarked
package dev.lintel.proxy.upstream.guard;

import org.jspecify.annotations.NullMarked;
