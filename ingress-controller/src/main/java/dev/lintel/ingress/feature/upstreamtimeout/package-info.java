/// How long an upstream may take.
@NullMarked
package dev.lintel.ingress.feature.upstreamtimeout;

import org.jspecify.annotations.NullMarked;
