/// Other redirects than the upstream's.
@NullMarked
package dev.lintel.ingress.feature.upstreamredirect;

import org.jspecify.annotations.NullMarked;
