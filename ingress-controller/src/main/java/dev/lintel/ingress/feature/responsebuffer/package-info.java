/// Responses that are kept for clients which take them slowly, so that their upstreams are done
/// with them.
@NullMarked
package dev.lintel.ingress.feature.responsebuffer;

import org.jspecify.annotations.NullMarked;
