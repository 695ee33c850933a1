/// Strict-Transport-Security (RFC 6797) on every answer that goes out over TLS.
@NullMarked
package dev.lintel.ingress.feature.hsts;

import org.jspecify.annotations.NullMarked;
