/// A fixed `Connection` towards upstreams.
@NullMarked
package dev.lintel.ingress.feature.connectionheader;

import org.jspecify.annotations.NullMarked;
