/// Responses that are sent no faster than so many bytes a second.
@NullMarked
package dev.lintel.ingress.feature.limitrate;

import org.jspecify.annotations.NullMarked;
