/// More header fields for all upstreams.
@NullMarked
package dev.lintel.ingress.feature.upstreamheaders;

import org.jspecify.annotations.NullMarked;
