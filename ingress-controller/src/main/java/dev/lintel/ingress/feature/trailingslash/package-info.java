/// Sends `/foo` to `/foo/` where only the latter is served, as nginx does.
@NullMarked
package dev.lintel.ingress.feature.trailingslash;

import org.jspecify.annotations.NullMarked;
