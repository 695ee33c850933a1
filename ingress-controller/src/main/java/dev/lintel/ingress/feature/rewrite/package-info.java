/// What the upstream sees of the path, and where `/` leads.
@NullMarked
package dev.lintel.ingress.feature.rewrite;

import org.jspecify.annotations.NullMarked;
