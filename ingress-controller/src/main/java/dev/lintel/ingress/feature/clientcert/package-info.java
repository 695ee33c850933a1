/// Client certificates: who may talk to a host at all, and what its upstreams learn of them.
@NullMarked
package dev.lintel.ingress.feature.clientcert;

import org.jspecify.annotations.NullMarked;
