/// User name and password in front of a route (RFC 7617), checked against a Secret in htpasswd
/// form.
///
/// Hashes that are made to be slow are computed on threads of their own while the exchange is
/// suspended; what was found is remembered by a keyed digest, so that a client pays once and not
/// for each request. Whatever cannot be read or checked closes the route.
@NullMarked
package dev.lintel.ingress.feature.basicauth;

import org.jspecify.annotations.NullMarked;
