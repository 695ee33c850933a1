/// Keeps a client with one endpoint by a cookie.
///
/// The value of the cookie is a key and, behind a `|`, a mark of the upstream. The mark tells the
/// cookies of several upstreams apart that a client sends under one name; whoever splits traffic
/// between upstreams tells by it with which one a client began. Both are as ingress-nginx 1.15
/// makes them.
@NullMarked
package dev.lintel.ingress.feature.affinity;

import org.jspecify.annotations.NullMarked;
