/// The name under which an upstream is asked.
@NullMarked
package dev.lintel.ingress.feature.upstreamhost;

import org.jspecify.annotations.NullMarked;
