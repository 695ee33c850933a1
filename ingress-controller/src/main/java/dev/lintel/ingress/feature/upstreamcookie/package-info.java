/// Other domains and paths in the cookies of upstreams.
@NullMarked
package dev.lintel.ingress.feature.upstreamcookie;

import org.jspecify.annotations.NullMarked;
