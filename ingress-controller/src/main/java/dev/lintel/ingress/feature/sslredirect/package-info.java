/// Sends clients from http to https.
@NullMarked
package dev.lintel.ingress.feature.sslredirect;

import org.jspecify.annotations.NullMarked;
