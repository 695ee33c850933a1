/// Which of the endpoints of an upstream a request goes to.
///
/// Round robin is what happens where nothing is said: `UpstreamPool` does it by itself, without a
/// call into this package. Everything else is a [Balancer] that a filter names for its request,
/// with what it goes by: a hash, or the key of a cookie. Picking is a function of the [Candidates]
/// and the request's [Choice]; it runs on the event loop, once for each try, and leaves out what
/// was tried before.
///
/// What picking looks up (a ring, keys) is worked out when the set of endpoints changes, by the
/// thread that changes it: see [Derivation]. What outlives a change of the set, how fast each
/// endpoint was of late, is an [EndpointLoad], shared by all loops.
///
/// The ring, its hash and the keys of cookies are those of ingress-nginx 1.15, byte for byte, so
/// that clients stay with their endpoints when it is replaced, and when it comes back.
@NullMarked
package dev.lintel.proxy.upstream.balance;

import org.jspecify.annotations.NullMarked;
