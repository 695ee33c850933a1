/// Which requests are traced, and where their spans go. How that is done is
/// [dev.lintel.proxy.trace]'s.
@NullMarked
package dev.lintel.ingress.feature.tracing;

import org.jspecify.annotations.NullMarked;
