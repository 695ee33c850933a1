/// Sends clients of `www.` and a host to that host, or the other way round.
@NullMarked
package dev.lintel.ingress.feature.wwwredirect;

import org.jspecify.annotations.NullMarked;
