/// HTTP/3 on the port of HTTPS: clients hear of it by Alt-Svc (RFC 7838), and come by it if they
/// like.
@NullMarked
package dev.lintel.ingress.feature.http3;

import org.jspecify.annotations.NullMarked;
