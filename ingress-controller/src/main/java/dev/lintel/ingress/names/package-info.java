/// Names of the world outside the cluster, and the addresses they stand for at the moment.
///
/// `NameResolution` follows the names of ExternalName Services and of the targets that features ask
/// by name: it looks each up as the machine's `resolv.conf` says, again whenever the answer's time
/// to live is over, and gives the addresses to the upstreams that live on it. No configuration is
/// compiled or linked for that, and none waits for it: requests that come before the first answer
/// wait for it in their loop.
///
/// What an answer may not lead to is said by `AddressRules`: whoever may write a Service, or owns a
/// domain, must not reach through the proxy what only the proxy can reach.
///
/// Everything about names happens on one thread of its own, by sockets that do not block. An event
/// loop of the proxy never asks for a name.
@NullMarked
package dev.lintel.ingress.names;

import org.jspecify.annotations.NullMarked;
