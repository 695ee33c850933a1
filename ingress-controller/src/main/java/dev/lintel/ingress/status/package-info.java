/// What Lintel writes back to Kubernetes: the addresses in the status of Ingresses, and an Event
/// for each `Problem`.
///
/// Only one replica writes: the one that holds the Lease (`Leadership`). The others keep what they
/// would write and start at once when they come to lead. Losing the lead stops the writing and
/// nothing else. All writing is on threads of this package; the control loop only hands over its
/// latest result and never waits. Writes go out at a bounded rate and are repeated a few times;
/// what then still fails is tried again at the next interval.
///
/// For the controller: `Leadership.campaign(...)` or `Leadership.always()`; after each round
/// `StatusWriter.publish(ingresses, addresses)`, with addresses from `PublishedAddresses`, and
/// `EventWriter.report(problems, snapshot)`; at the end `EventWriter.close()`,
/// `StatusWriter.close(isLast)`, with `Replicas` to tell the last, and then `Leadership.close()`.
@NullMarked
package dev.lintel.ingress.status;

import org.jspecify.annotations.NullMarked;
