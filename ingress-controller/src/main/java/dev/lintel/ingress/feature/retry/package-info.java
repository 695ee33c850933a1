/// When and how often a request is sent to another endpoint.
@NullMarked
package dev.lintel.ingress.feature.retry;

import org.jspecify.annotations.NullMarked;
