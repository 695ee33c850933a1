/// Whether the requests of a route are logged.
@NullMarked
package dev.lintel.ingress.feature.accesslog;

import org.jspecify.annotations.NullMarked;
