/// How long the body of a request may be.
@NullMarked
package dev.lintel.ingress.feature.bodysize;

import org.jspecify.annotations.NullMarked;
